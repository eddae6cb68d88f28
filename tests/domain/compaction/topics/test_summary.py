from memoryd.domain.compaction.topics.summary import summary


def test_a_summary_names_what_finds_most_lines_and_no_word_of_its_title() -> None:
    texts = ("- set `h-[72px]` on the header\n", "- deploy.sh needs a token\n", "- the header is sticky\n")
    told = summary(texts, (), "Header header.md", 60)
    assert "`h-[72px]`" in told
    assert "`deploy.sh`" in told
    assert "header" not in told.casefold()
    assert len(told) <= 60


def test_a_summary_says_something_where_the_title_covers_all() -> None:
    text = "- Genesis density: the window has slots and disconnection guards\n"
    told = summary((text,), (), "Genesis density", 80)
    assert "window" in told or "guards" in told
    assert "genesis" not in told.casefold()


def test_a_summary_lists_headings_and_phrases_before_single_words() -> None:
    texts = ("- `STAGING_URL` is read from the environment\n", "- Kubernetes probe timeouts are short\n")
    told = summary((*texts, "- rollback\n"), ("Caching",), "Deployment deployment.md", 100)
    assert told.index("Caching") < told.index("`STAGING_URL`") < told.index("probe") < told.index("rollback")
    assert told.count(";") == 1
