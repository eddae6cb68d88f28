from memoryd.errors import ConfigError, all_of


def test_the_first_of_several_errors_carries_the_others() -> None:
    errors = [ConfigError("a"), ConfigError("b", "do this"), ConfigError("c")]
    first = all_of(errors)
    assert [str(each) for each in (first, *first.others)] == ["a", "b", "c"]
    assert first.others[0].hint == "do this"
