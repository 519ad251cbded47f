import errno
import os

import pytest

from gradatim._files import (
    check_folder,
    check_writable,
    make_folder,
    open_regular,
    read_regular,
    rewrite_atomically,
    write_atomically,
)
from gradatim.errors import OutputError


def fail_with(code):
    def fail(*_arguments, **_options):
        raise OSError(code, os.strerror(code))

    return fail


def test_text_is_written_as_utf8_and_the_path_returned(tmp_path):
    written = write_atomically(tmp_path / "a.txt", "ψ")
    assert written == (tmp_path / "a.txt").resolve()
    assert written.read_bytes() == "ψ".encode()


def test_bytes_are_written_as_they_are(tmp_path):
    assert write_atomically(tmp_path / "a.bin", b"\x00\xff").read_bytes() == b"\x00\xff"


def test_a_written_file_has_the_permissions_of_any_new_file(tmp_path):
    (tmp_path / "plain").touch()
    written = write_atomically(tmp_path / "ours", "x")
    assert written.stat().st_mode == (tmp_path / "plain").stat().st_mode


@pytest.mark.parametrize("step", ["fsync", "replace", "chmod"])
def test_a_full_disk_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch, step):
    old = tmp_path / "report.html"
    old.write_text("old")
    monkeypatch.setattr(os, step, fail_with(errno.ENOSPC))
    with pytest.raises(OutputError, match=r"report\.html cannot be written: No space left"):
        write_atomically(old, "new")
    assert old.read_text() == "old"
    assert os.listdir(tmp_path) == ["report.html"]


def test_an_interrupt_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    def interrupt(*_arguments):
        raise KeyboardInterrupt

    old = tmp_path / "report.html"
    old.write_text("old")
    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_atomically(old, "new")
    assert os.listdir(tmp_path) == ["report.html"]


@pytest.mark.parametrize("function", [check_writable, lambda path: write_atomically(path, "x")])
class TestRefusal:
    def test_a_missing_folder_is_named(self, tmp_path, function):
        with pytest.raises(OutputError, match=r"there is no folder .*nowhere; make it first"):
            function(tmp_path / "nowhere" / "a.html")

    def test_a_folder_is_not_written_over(self, tmp_path, function):
        with pytest.raises(OutputError, match="it is a folder"):
            function(tmp_path)

    def test_a_device_is_not_replaced_by_a_file(self, tmp_path, function):
        os.mkfifo(tmp_path / "pipe")
        with pytest.raises(OutputError, match="it is no ordinary file"):
            function(tmp_path / "pipe")

    def test_a_folder_that_takes_no_files_is_refused(self, tmp_path, function, monkeypatch):
        # Not by chmod: root may write everywhere.
        monkeypatch.setattr(os, "open", fail_with(errno.EROFS))
        with pytest.raises(OutputError, match="Read-only file system"):
            function(tmp_path / "a.html")


def test_checking_leaves_nothing_behind(tmp_path):
    assert check_writable(tmp_path / "a.html") == (tmp_path / "a.html").resolve()
    assert os.listdir(tmp_path) == []


def test_a_link_is_followed_and_stays(tmp_path):
    (tmp_path / "real").write_text("old")
    (tmp_path / "link").symlink_to("real")
    write_atomically(tmp_path / "link", "new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text() == "new"


def test_an_ordinary_file_is_read_through_a_link_too(tmp_path):
    (tmp_path / "a").write_bytes(b"\x00x")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    assert read_regular(tmp_path / "a") == read_regular(str(tmp_path / "b")) == b"\x00x"


def test_what_may_never_end_is_not_opened(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "zero").symlink_to("/dev/zero")
    for name, kind in (("pipe", "a pipe"), ("zero", "a device"), (".", "a folder")):
        with pytest.raises(OSError, match="ordinary") as caught:
            open_regular(tmp_path / name)
        assert caught.value.strerror == f"it is {kind}, not an ordinary file"


def test_a_name_that_no_file_has_is_an_error_of_reading():
    with pytest.raises(OSError, match="no file has such a name"):
        read_regular("a\0b")
    with pytest.raises(FileNotFoundError):
        read_regular("nowhere-at-all")


def test_a_file_that_is_rewritten_keeps_who_may_read_it(tmp_path):
    path = tmp_path / "a"
    path.write_text("old")
    path.chmod(0o604)
    os.utime(path, (1, 1))
    rewrite_atomically(path, lambda copy: copy.write_text(path.read_text() + " and new"))
    assert path.read_text() == "old and new"
    assert path.stat().st_mode & 0o777 == 0o604
    assert path.stat().st_mtime > 1
    assert os.listdir(tmp_path) == ["a"]


def test_a_rewriting_that_fails_leaves_the_file(tmp_path):
    path = tmp_path / "a"
    path.write_text("old")

    def fail(copy):
        copy.write_text("half")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rewrite_atomically(path, fail)
    with pytest.raises(OutputError, match="cannot be written: No space left"):
        rewrite_atomically(path, lambda copy: fail_with(errno.ENOSPC)())
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["a"]


def test_a_folder_is_made_once_and_only_in_one_that_is_there(tmp_path):
    assert check_folder(tmp_path / "new") == (tmp_path / "new").resolve()
    assert os.listdir(tmp_path) == []
    for _ in range(2):
        assert make_folder(tmp_path / "new").is_dir()
    with pytest.raises(OutputError, match="make it first"):
        check_folder(tmp_path / "nowhere" / "new")
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutputError, match="is a file; give the name of a folder"):
        make_folder(tmp_path / "file")
