"""Topic files of moved entries, and their pointers."""
