def test_the_sample_has_no_faults(sample, capreg):
    done = capreg("-R", sample, "check")
    assert (done.code, done.out) == (0, "")


def test_a_search_finds(sample, capreg):
    assert "officine-savena" in capreg("-R", sample, "search", "process:milling", "-O", "json").ids
