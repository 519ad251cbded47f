"""The server answers its own page, bounds everything, and nobody else is answered."""

import io
import json
import tempfile
import time
from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("msgspec", reason="the extra lab is not installed")
pytest.importorskip("starlette", reason="the extra lab is not installed")
pytest.importorskip("httpx2", reason="the extra test is not installed")

import itertools

import msgspec
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from gradatim.collection import Collection
from gradatim.errors import SpecError
from gradatim.lab import Lesson, lesson_from_collection
from gradatim.lab.server import jobs, protocol, sessions, tasks
from gradatim.lab.server.parcels import pack, unpack
from gradatim.lab.server.serve import make_app, serve_lab
from tests.lab.test_protocol import JSON, KINDS, NAMES

BASE = "http://127.0.0.1:8765"


def collection(n=60, n_features=3):
    rng = np.random.default_rng(0)
    y = np.array([f"c{k % 3}" for k in range(n)])
    X = rng.normal(0, 1, (n, n_features)) + 5 * (np.arange(n) % 3)[:, None]
    few = X[:, :1]
    return Collection("c", {"a": X, "few": few}, y, "classification", np.arange(n).astype(str))


def numbers():
    return replace(collection(), y=np.arange(60.0), task="regression", target_names=("t",))


def client(data=None, **options):
    base = options.pop("base_url", BASE)
    app = make_app(Lesson(), None, data or collection(), "rows", **options)
    return TestClient(app, base_url=base, raise_server_exceptions=True)


@pytest.fixture
def page():
    with client() as one:
        yield one


def ask(page, **message):
    return page.post("/ask", json=message)


def begin(page):
    return ask(page, ask="hello").json()["session"]


# Who may ask


def test_the_page_has_its_policy_in_the_header_too_and_may_ask_its_own_server_only(page):
    answer = page.get("/")
    policy = answer.headers["content-security-policy"]
    assert "connect-src 'self'" in policy
    assert "default-src 'none'" in policy
    stated = policy.removesuffix("; frame-ancestors 'self'")
    assert stated.replace("'", "&#39;") in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert '"served":{"schema":' in answer.text


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"host": "localhost:8765"}, 200),
        ({"host": "evil.example"}, 403),
        ({"host": "127.0.0.1.evil.example"}, 403),
        ({"host": "192.168.0.7"}, 403),
        ({"host": "[::1"}, 403),
        ({"host": ""}, 403),
        ({"origin": BASE}, 200),
        ({"origin": "http://evil.example"}, 403),
        ({"origin": "http://localhost:9999"}, 403),
        ({"origin": "null"}, 403),
        ({"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors"}, 403),
        ({"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}, 200),
        ({"sec-fetch-site": "same-origin", "sec-fetch-mode": "cors"}, 200),
    ],
)
def test_only_this_machine_s_own_page_is_answered(page, headers, status):
    assert page.get("/openapi.json", headers=headers).status_code == status


def test_a_message_that_no_script_of_another_site_can_send_is_needed(page):
    text = json.dumps({"ask": "hello"})
    assert page.post("/ask", content=text).status_code == 415
    assert (
        page.post("/ask", content=text, headers={"content-type": "text/plain"}).status_code == 415
    )


def test_a_web_socket_is_refused(page):
    with pytest.raises(WebSocketDisconnect), page.websocket_connect("/ask"):
        pass


def test_beyond_this_machine_a_token_is_needed_and_becomes_a_cookie():
    host = "http://192.168.0.7:8765"
    with client(names=("board",), token="secret", base_url=host) as page:
        assert page.get("/").status_code == 401
        assert ask(page, ask="hello").status_code == 401
        assert page.get("/?token=wrong").status_code == 401
        assert page.get("/", headers={"cookie": "gradatim_lab=wrong"}).status_code == 401
        assert page.get("/", headers={"host": "evil.example"}).status_code == 403
        first = page.get("/?token=secret", follow_redirects=False)
        assert (first.status_code, first.headers["location"]) == (303, "/")
        assert "HttpOnly" in first.headers["set-cookie"]
        assert "samesite=strict" in first.headers["set-cookie"].lower()
        assert page.get("/").status_code == 200
        assert begin(page)


# Messages


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"", 400),
        (b"\xff", 400),
        (b"[" * 5000, 400),
        (b'{"ask":"fly"}', 400),
        (b'{"ask":"stop","session":"' + b"0" * 32 + b'","job":1}', 404),
        (b" " * (protocol.MOST_CHARACTERS + 1), 413),
    ],
)
def test_what_is_no_message_is_refused_in_a_sentence(page, content, status):
    answer = page.post("/ask", content=content, headers={"content-type": "application/json"})
    assert answer.status_code == status
    assert answer.json()["answer"] == "refusal"
    assert "Traceback" not in answer.text


@pytest.mark.parametrize("path", ["/etc/passwd", "/../../etc/passwd", "/lab.js", "/files/../x"])
def test_no_file_of_the_server_is_shown(page, path):
    assert page.get(path).status_code in (404, 405)


@pytest.mark.parametrize(("path", "method"), [("/ask", "POST"), ("/", "GET"), ("/files", "POST")])
def test_a_wrong_method_is_told_the_right_ones(page, path, method):
    answer = page.request("PATCH", path)
    assert answer.status_code == 405
    assert answer.json()["answer"] == "refusal"
    assert method in answer.headers["allow"].split(", ")


def test_rows_with_a_number_to_learn_are_a_curve_and_no_classes_to_separate():
    with client(numbers()) as page:
        session = begin(page)
        found = ask(page, ask="rows", session=session, input="few").json()
        assert sorted(found["targets"]) == list(range(60))
        assert found["classes"] == []
    with pytest.raises(SpecError, match="only classes"):
        tasks.run_task(protocol.DecideSeparation(session), numbers(), quiet)


def test_a_server_has_a_folder_only_while_pages_are_open(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with client() as page:
        # A server that finds its port in use ends here.
        assert not list(tmp_path.iterdir())
        begin(page)
        assert len(list(tmp_path.iterdir())) == 1
    assert not list(tmp_path.iterdir())


def test_rows_are_those_of_the_page(page):
    session = begin(page)
    found = ask(page, ask="rows", session=session, input="a", columns=["a 2", "a 1"], seed=4)
    lesson = lesson_from_collection(collection(), "rows", input="a", columns=["a 2", "a 1"], seed=4)
    assert found.json() == {"answer": "rows", **lesson.table}
    wrong = ask(page, ask="rows", session=session, input="a", columns=["z"])
    assert (wrong.status_code, wrong.json()["code"]) == (422, "unusable")
    assert "no column z" in wrong.json()["says"]


def test_a_session_too_many_is_refused_until_one_is_idle(page, monkeypatch):
    monkeypatch.setattr(sessions, "MOST_SESSIONS", 2)
    first, second = begin(page), begin(page)
    answer = ask(page, ask="hello")
    assert (answer.status_code, answer.json()["code"]) == (503, "full")
    monkeypatch.setattr(sessions, "IDLE", 0)
    ask(page, ask="rows", session=first)
    assert begin(page)
    assert ask(page, ask="rows", session=first).status_code == 200
    assert ask(page, ask="rows", session=second).json()["code"] == "unknown"


def test_whatever_is_sent_in_a_session_is_answered_in_a_message(page, monkeypatch):
    """Any fields of any kind, right ones among them, to either route: never a fault."""
    monkeypatch.setattr(jobs.JobQueues, "start", lambda self, ask, data: jobs.Job(1, ask, data))
    monkeypatch.setattr(jobs.Job, "wait", _at_once)
    session = begin(page)
    values = JSON | st.sampled_from([session, "a", "few", ["a 1"], [0.0, 1.0], [0, 1], 1])
    fields = st.dictionaries(st.sampled_from(NAMES), values, max_size=7)

    @settings(max_examples=60, deadline=None)
    @given(st.sampled_from(KINDS), fields, st.text(max_size=12), st.binary(max_size=20))
    def answered(kind, given_fields, name, data):
        text = json.dumps({"session": session, **given_fields, "ask": kind})
        headers = {"content-type": "application/json"}
        answer = page.post("/ask", content=text, headers=headers)
        assert answer.status_code in (200, 400, 404, 422, 503)
        msgspec.json.decode(answer.content, type=protocol.Answer)
        assert send(page, session, name, data).status_code in (204, 422)

    answered()


async def _at_once(self, seen, seconds):
    pass


# Files


def send(page, session, name, data=b"a,b,y\n1,2,u\n"):
    return page.post("/files", params={"session": session, "name": name}, content=data)


@pytest.mark.parametrize(
    "name",
    [
        *("../a.csv", "/etc/a.csv", "a/../../b.csv", "..", ".a.csv", "a/.b/c.csv", "a\\b.csv"),
        *("C:a.csv", "a\0.csv", "a.csv ", "a.csv.", "a/b/c/d/e.csv", "x" * 200 + ".csv", "a.exe"),
        *("a.abc", "a.parquet", "", "\u202ecsv.csv", "a//b.csv", "~/a.csv.gz"),
    ],
)
def test_names_that_lead_elsewhere_are_refused(page, name):
    answer = send(page, begin(page), name)
    assert answer.status_code == 422, name
    assert answer.json()["says"]


def test_files_are_bounded(page, monkeypatch):
    session = begin(page)
    assert send(page, session, "a.csv").status_code == 204
    monkeypatch.setattr(sessions, "MOST_FILES", 2)
    assert send(page, session, "b.csv").status_code == 204
    assert "2 files" in send(page, session, "c.csv").json()["says"]
    monkeypatch.setattr("gradatim.lab.server.protocol.MOST_FILE_BYTES", 10)
    assert send(page, session, "d.csv").status_code == 413


def work(page, **message):
    started = ask(page, **message)
    assert started.status_code == 200, started.text
    job, state = started.json()["job"], {"seen": 0, "state": "waiting"}
    deadline = time.monotonic() + 120
    while state["state"] in ("waiting", "working") and time.monotonic() < deadline:
        state = ask(
            page, ask="watch", session=message["session"], job=job, seen=state["seen"]
        ).json()
    return state


def test_a_table_that_was_sent_is_the_session_s_collection_and_nobody_else_s(page):
    session, other = begin(page), begin(page)
    assert ask(page, ask="read", session=session).json()["says"].startswith("no file")
    rows = "".join(f"{k},{k % 7},{'uv'[k % 2]}\n" for k in range(40))
    assert send(page, session, "mine/t.csv", f"p,q,y\n{rows}".encode()).status_code == 204
    state = work(page, ask="read", session=session, target="y")
    assert state["state"] == "done", state
    about = state["result"]["about"]
    assert (about["n_rows"], about["classes"]) == (40, ["u", "v"])
    assert about["inputs"][0]["columns"] == ["p", "q"]
    assert len(ask(page, ask="rows", session=session).json()["X"]) == 40
    assert len(ask(page, ask="rows", session=other).json()["X"]) == 60
    # The same process goes on, and a job that fails says why.
    state = work(page, ask="approximate", session=session, function="x +")
    assert (state["state"], state["result"]) == ("failed", None)
    state = work(page, ask="approximate", session=session, function="x^2", tolerance=0.1)
    assert state["result"]["error"] <= 0.1
    assert len(state["result"]["x"]) == len(state["result"]["found"])


def test_one_job_at_a_time_and_a_stopped_one_makes_room(page, monkeypatch):
    monkeypatch.setattr(jobs.JobProcess, "_open", lambda self: _Silent())
    session, other = begin(page), begin(page)
    started = ask(page, ask="climb", session=session).json()["job"]
    again = ask(page, ask="climb", session=session)
    assert (again.status_code, again.json()["code"]) == (422, "unusable")
    behind = ask(page, ask="climb", session=other).json()["job"]
    state = ask(page, ask="watch", session=other, job=behind).json()
    assert (state["state"], state["doing"]) == ("waiting", "one before this one")
    assert ask(page, ask="watch", session=other, job=started).status_code == 422
    stopped = ask(page, ask="stop", session=session, job=started).json()
    assert stopped["state"] == "stopped"
    assert ask(page, ask="climb", session=session).json()["answer"] == "started"
    assert ask(page, ask="stop", session=other, job=behind).json()["state"] == "stopped"


class _Silent:
    """A pipe from which nothing comes."""

    def send(self, value):
        pass

    def recv(self):
        time.sleep(0.2)
        return "progress", None, "working"


# Tasks


def points(n=60, held=20, dims=2):
    rng = np.random.default_rng(1)
    X = rng.uniform(-1, 1, (n, 2))
    labels = (X[:, 0] * X[:, 1] > 0).astype(int)
    return {
        "session": "0" * 32,
        "X": X[:, :dims].ravel().tolist(),
        "labels": labels.tolist(),
        "held": [0] * (n - held) + [1] * held,
        "dims": dims,
    }


def quiet(share, doing):
    pass


def test_a_kernel_machine_learns_what_no_line_can_and_its_picture_is_the_page_s():
    found = tasks.run_task(protocol.FitKernel(**points(200), window=[-1, 1]), None, quiet)
    assert found.train_accuracy > 0.9
    assert found.held_accuracy > 0.8
    plane = np.array(found.plane).reshape(100, 100)
    # Rows from above: the corners at the upper right and lower left are of the second class.
    assert plane[10, 90] > 50
    assert plane[90, 10] > 50
    assert plane[10, 10] < 50
    assert plane[90, 90] < 50


def test_what_is_held_out_changes_nothing_that_is_learnt():
    given = points(60)
    other = dict(given, labels=given["labels"][:40] + [1 - one for one in given["labels"][40:]])
    first, second = (
        tasks.run_task(protocol.FitKernel(**one, window=[-1, 1]), None, quiet)
        for one in (given, other)
    )
    assert first.plane == second.plane
    assert first.held_accuracy == pytest.approx(1 - second.held_accuracy)


def test_points_that_do_not_fit_or_are_of_one_class_are_refused():
    given = points()
    for wrong in (
        dict(given, X=given["X"][:-1]),
        dict(given, held=given["held"][:-1]),
        dict(given, labels=[0] * 60),
        dict(given, held=[1] * 60),
    ):
        with pytest.raises(SpecError):
            tasks.run_task(protocol.FitKernel(**wrong, window=[-1, 1]), None, quiet)


def test_classes_are_decided_in_all_columns_with_the_evidence():
    ask_all = protocol.DecideSeparation("0" * 32, input="a")
    found = tasks.run_task(ask_all, collection(), quiet)
    assert found.separable is True
    one = protocol.DecideSeparation("0" * 32, input="few", positive="c1")
    found = tasks.run_task(one, collection(), quiet)
    # The class in the middle of a line has others on both sides.
    assert found.separable is False
    with pytest.raises(SpecError, match="no row is of the class"):
        tasks.run_task(replace_ask(one, positive="z"), collection(), quiet)


def replace_ask(one, **changes):
    values = {name: getattr(one, name) for name in one.__struct_fields__}
    return type(one)(**values | changes)


def test_a_wall_has_every_shape_with_every_seed_and_its_weights():
    given = points(40)
    asked = protocol.TrainWall(**given, seeds=1, epochs=2)
    found = tasks.run_task(asked, None, quiet)
    assert [net.hidden for net in found.nets] == list(tasks._SHAPES)
    for net in found.nets:
        sizes = [2, *net.hidden, 1]
        assert len(net.parameters) == sum(b * (a + 1) for a, b in itertools.pairwise(sizes))
    with pytest.raises(SpecError, match="at most 32 seeds"):
        tasks.run_task(protocol.TrainWall(**given, seeds=33), None, quiet)


def test_several_tables_or_none_with_a_target_are_refused(tmp_path):
    (tmp_path / "a.csv").write_text("a,y\n1,u\n")
    asked = protocol.ReadFiles("0" * 32)
    with pytest.raises(ValueError, match=r"column of a\.csv"):
        tasks.run_task(asked, tmp_path, quiet)
    (tmp_path / "b.csv").write_text("a,y\n1,u\n")
    with pytest.raises(ValueError, match="several tables"):
        tasks.run_task(asked, tmp_path, quiet)


def test_folders_of_sounds_become_a_collection(tmp_path):
    for k, (name, pitch) in enumerate([("low", 200), ("high", 2000)] * 3):
        data = io.BytesIO()
        y = 0.5 * np.sin(2 * np.pi * (pitch + 10 * k) * np.arange(8000) / 8000)
        soundfile.write(data, y, 8000, format="WAV")
        (tmp_path / name).mkdir(exist_ok=True)
        (tmp_path / name / f"{k}.wav").write_bytes(data.getvalue())
    found = tasks.run_task(protocol.ReadFiles("0" * 32), tmp_path, quiet)
    assert found.classes.tolist() == ["high", "low"]
    back = unpack(pack(found))
    np.testing.assert_array_equal(back.X["features"], found.X["features"])
    assert back.media is None


def test_a_collection_that_is_too_large_or_has_no_classes_is_refused(monkeypatch):
    sessions.check_size(numbers())
    places = replace(numbers(), y=np.ones((60, 2)), target_names=("latitude", "longitude"))
    with pytest.raises(SpecError, match="neither"):
        sessions.check_size(places)
    monkeypatch.setattr(sessions, "_MOST_ROWS", 50)
    with pytest.raises(SpecError, match="60 rows"):
        sessions.check_size(collection())
    monkeypatch.setattr(sessions, "_MOST_ROWS", 100)
    with pytest.raises(SpecError, match="memory"):
        sessions.check_size(collection(), 2**30)


def test_a_port_in_use_and_a_host_that_is_none_are_one_sentence():
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(SpecError, match=f"port {port} is in use"):
            serve_lab(Lesson(), None, collection(), "c", port=port)
    with pytest.raises(SpecError, match="cannot be listened at"):
        serve_lab(Lesson(), None, collection(), "c", host="192.0.2.1", port=0)
    with pytest.raises(SpecError, match="no address"):
        serve_lab(Lesson(), None, collection(), "c", host="no such host", port=0)
