"""Features that are kept: used again where a file is the same, and nowhere else."""

import os

import numpy as np
import pytest
from pyarrow import parquet

from gradatim.errors import AudioError
from gradatim.music import cache as keeping
from gradatim.music import many_files
from gradatim.music.analysis import analyze_file
from gradatim.music.cache import MANY_PARTS, FeatureCache
from gradatim.music.features import RECIPE, FeatureRecipe
from gradatim.music.many_files import analyze_each, analyze_files
from gradatim.music.mel import MelRecipe
from gradatim.music.plans import InputPlan, plan_inputs


@pytest.fixture
def computed(monkeypatch):
    """Remember which files are decoded."""
    names = []
    whole = many_files._analyze

    def remember(pool, path, *asked):
        names.append(os.path.basename(path))
        return whole(pool, path, *asked)

    monkeypatch.setattr(many_files, "_analyze", remember)
    return names


@pytest.fixture
def files(tmp_path, tone):
    return [tone(tmp_path / "sounds" / f"{k}.wav", 300 + 50 * k) for k in range(4)]


@pytest.fixture
def read(tmp_path):
    def read(paths, recipe=RECIPE, **options):
        cache = FeatureCache(tmp_path / "cache", tmp_path / "sounds", **options)
        return analyze_files(paths, recipe, cache=cache)

    return read


def same(analyses, others):
    for one, other in zip(analyses, others, strict=True):
        assert (one.whole, one.oddities) == (other.whole, other.oddities)
        for a, b in zip(one.pieces, other.pieces, strict=True):
            np.testing.assert_array_equal(a.features, b.features)
            np.testing.assert_array_equal(a.fingerprint, b.fingerprint)
            assert (a.sha256, a.start, a.silent) == (b.sha256, b.start, b.silent)
            assert a.features.dtype == b.features.dtype == np.float32


def test_a_second_run_computes_nothing_and_says_the_same(files, read, computed):
    recipe = FeatureRecipe(segment_seconds=0.1, max_seconds=0.08)
    first = read(files, recipe)
    assert sorted(computed) == ["0.wav", "1.wav", "2.wav", "3.wav"]
    second = read(files, recipe)
    assert len(computed) == 4
    same(first, second)
    same(second, [analyze_file(file, recipe) for file in files])
    assert not second[0].whole


def test_progress_is_that_of_what_is_missing(files, read):
    heard = []
    read(files[:2])
    cache = FeatureCache(files[0].parents[1] / "cache", files[0].parent)
    analyze_files(files, cache=cache, progress=lambda *news: heard.append(news))
    assert [*dict.fromkeys(heard)] == [(0.0, "2/4"), (0.5, "3/4"), (1.0, "4/4")]
    heard.clear()
    analyze_files(files, cache=cache, progress=lambda *news: heard.append(news))
    assert heard == [(1.0, "4/4")]


def test_a_file_that_was_changed_is_computed_anew(files, read, computed, tone):
    read(files)
    os.utime(tone(files[1], 1234.0), ns=(1, 1))
    changed = read(files)
    assert computed[4:] == ["1.wav"]
    same(changed, [analyze_file(file) for file in files])


def test_to_verify_is_to_read_the_bytes(files, read, computed, tone):
    read(files)
    before = files[2].stat()
    tone(files[2], 1234.0)
    os.utime(files[2], ns=(before.st_atime_ns, before.st_mtime_ns))
    os.utime(files[3], ns=(5, 5))
    assert files[2].stat().st_size == before.st_size
    read(files)
    # Size and time deceive; only bytes do not.
    assert computed[4:] == ["3.wav"]
    read(files, verify=True)
    assert computed[5:] == ["2.wav"]
    same(read(files, verify=True), [analyze_file(file) for file in files])


def test_a_set_that_is_missing_is_computed_beside_one_that_is_kept(files, read, monkeypatch):
    asked = []
    whole = many_files._analyze

    def remember(pool, path, parts, with_identity):
        asked.extend(parts)
        return whole(pool, path, parts, with_identity)

    first = read(files, RECIPE)
    monkeypatch.setattr(many_files, "_analyze", remember)
    union = InputPlan(plan_inputs(["classical+mel"])).whole
    both = read(files, union)
    assert set(asked) == {MelRecipe()}
    for one, other in zip(first, both, strict=True):
        np.testing.assert_array_equal(one.pieces[0].features, other.pieces[0].features[:90])
    same(both, [analyze_file(file, union) for file in files])


def test_another_recipe_or_root_is_kept_apart(files, tmp_path, read, computed):
    read(files)
    read(files, FeatureRecipe(n_mfcc=13))
    assert len(computed) == 8
    analyze_files(files, cache=FeatureCache(tmp_path / "cache", tmp_path))
    assert len(computed) == 12


def test_a_file_that_cannot_be_read_is_not_kept(files, read, computed):
    files[1].write_bytes(b"nothing")
    assert isinstance(read(files)[1], AudioError)
    assert isinstance(read(files)[1], AudioError)
    assert computed[4:] == ["1.wav"]


def test_an_interrupt_keeps_what_was_finished(files, tmp_path, computed):
    def interrupt(share, doing):
        if doing == "2/4":
            raise KeyboardInterrupt

    cache = FeatureCache(tmp_path / "cache", files[0].parent)
    with pytest.raises(KeyboardInterrupt):
        analyze_files(files, n_jobs=1, cache=cache, progress=interrupt)
    n_first = len(computed)
    analyze_files(files, n_jobs=1, cache=cache)
    assert n_first >= 2
    assert len(computed) <= n_first + 2


def test_a_chunk_is_written_before_the_end(files, tmp_path, monkeypatch, computed):
    monkeypatch.setattr(many_files, "CHUNK_FILES", 1)
    cache = FeatureCache(tmp_path / "cache", files[0].parent)
    seen = []

    def look(share, doing):
        seen.append(len([*cache.place(RECIPE).glob("*.parquet")]))

    analyze_files(files, n_jobs=1, cache=cache, progress=look)
    assert [*dict.fromkeys(seen)] == [0, 1, 2, 3, 4]


def test_damaged_and_foreign_parts_count_as_missing(files, tmp_path, read, computed):
    read(files)
    folder = FeatureCache(tmp_path / "cache", tmp_path / "sounds").place(RECIPE)
    [part] = folder.glob("*.parquet")
    whole = part.read_bytes()
    part.write_bytes(whole[: len(whole) // 2])
    (folder / "zz.parquet").write_bytes(b"PAR1")
    read(files)
    assert len(computed) == 8


def test_many_parts_become_one_and_the_latest_counts(files, tmp_path, computed, tone):
    cache = FeatureCache(tmp_path / "cache", files[0].parent)
    folder = cache.place(RECIPE)
    for k in range(MANY_PARTS):
        assert len([*folder.glob("*.parquet")]) == k
        tone(files[0], 100.0 + k)
        os.utime(files[0], ns=(k, k))
        analyze_files(files[:1], cache=cache)
    assert len([*folder.glob("*.parquet")]) == 1
    same(analyze_files(files[:1], cache=cache), [analyze_file(files[0])])
    n_before = len(computed)
    same(analyze_files(files[:1], cache=cache), analyze_files(files[:1], cache=cache))
    assert len(computed) == n_before


def test_what_nobody_asked_for_goes_and_the_rest_stays(files, tmp_path, monkeypatch, computed):
    other = FeatureCache(tmp_path / "cache", tmp_path)
    analyze_files(files, cache=other)
    os.utime(other.place(RECIPE), (0, 0))
    cache = FeatureCache(tmp_path / "cache", files[0].parent)
    analyze_files(files, cache=cache)
    assert not other.place(RECIPE).exists()
    os.utime(cache.place(RECIPE), (0, 0))
    n_before = len(computed)
    analyze_files(files, cache=cache)
    analyze_files(files, MelRecipe(), cache=cache)
    assert len(computed) == n_before + 4
    assert cache.place(RECIPE).exists()


def test_a_cache_that_cannot_be_written_costs_the_keeping_only(files, tmp_path):
    (tmp_path / "cache").write_text("a file")
    cache = FeatureCache(tmp_path / "cache", files[0].parent)
    same(analyze_files(files, cache=cache), [analyze_file(file) for file in files])


@pytest.mark.skipif(os.name == "nt", reason="names of files are texts")
def test_a_name_that_is_no_utf_8_is_kept_too(tmp_path, tone, read, computed):
    odd = os.fsdecode(os.fsencode(tmp_path / "sounds") + b"/\xff.wav")
    os.makedirs(tmp_path / "sounds")
    os.rename(tone(tmp_path / "a.wav"), odd)
    same(read([odd]), read([odd]))
    assert len(computed) == 1


@pytest.fixture
def groups(monkeypatch):
    """Make each file a group of its own, and remember which groups are read."""
    numbers, whole = [], keeping._read_group

    def remember(group, schema):
        numbers.append(group.number)
        return whole(group, schema)

    monkeypatch.setattr(keeping, "GROUP_FILES", 1)
    monkeypatch.setattr(keeping, "GROUPS_AT_HAND", 2)
    monkeypatch.setattr(keeping, "_read_group", remember)
    return numbers


def test_only_what_is_asked_for_is_read_and_little_of_it_stays(files, tmp_path, groups):
    cache = FeatureCache(tmp_path / "cache", tmp_path / "sounds")
    analyses = analyze_files(files[::-1], cache=cache)
    assert groups == []
    kept = cache.read(RECIPE)
    assert (len(kept), groups) == (4, [])
    for name in (b"2.wav", b"1.wav", b"2.wav", b"3.wav", b"1.wav"):
        same([kept[name].analysis], [analyses[3 - int(name[:1])]])
    # Sorted by name, and of more than two groups the first goes.
    assert groups == [2, 1, 3, 1]


def test_a_damaged_group_costs_its_own_files_only(files, tmp_path, read, groups, computed):
    read(files)
    [part] = FeatureCache(tmp_path / "cache", tmp_path / "sounds").place(RECIPE).glob("*")
    group = parquet.ParquetFile(part).metadata.row_group(1)
    spoiled = group.column(group.num_columns - 1)
    whole = bytearray(part.read_bytes())
    begin = spoiled.dictionary_page_offset or spoiled.data_page_offset
    whole[begin : begin + spoiled.total_compressed_size] = bytes(spoiled.total_compressed_size)
    part.write_bytes(whole)
    same(read(files), [analyze_file(file) for file in files])
    assert computed[4:] == ["1.wav"]


def test_files_come_with_their_places_kept_or_not(files, tmp_path, computed):
    cache = FeatureCache(tmp_path / "cache", tmp_path / "sounds")
    analyze_files(files[1:3], cache=cache)
    found = dict(analyze_each(files, n_jobs=1, cache=cache))
    assert computed[2:] == ["0.wav", "3.wav"]
    same([found[k] for k in range(4)], [analyze_file(file) for file in files])
