#!/bin/sh
echo ran >> .claude/agent-memory/reviewer/log_of_runs.md
