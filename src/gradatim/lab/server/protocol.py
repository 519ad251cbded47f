"""The messages between the page and its server, and how large each may be.

Conventions: the page asks by POST with one JSON object, whose ``ask`` names its kind, and gets one
whose ``answer`` does. Both sides check every message: the server by these classes, the page by the
JSON Schema that `schema` makes of them. Coordinates are those of the page, flat, row by row.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

#: Bounds that the server keeps, each with a sentence where it is met.
MOST_SESSIONS = 64
MOST_CHARACTERS = 400_000
MOST_FILES, MOST_FILE_BYTES, MOST_FOLDER_BYTES = 2000, 32 * 2**20, 300 * 2**20
MOST_NETS = 256
_MOST_POINTS = 2000

Count = Annotated[int, Meta(ge=0, le=2**31 - 1)]
Name = Annotated[str, Meta(max_length=200)]
SessionId = Annotated[str, Meta(min_length=32, max_length=32)]
Coordinate = Annotated[float, Meta(ge=-1e6, le=1e6)]
Coordinates = Annotated[list[Coordinate], Meta(min_length=2, max_length=2 * _MOST_POINTS)]
Labels = Annotated[list[Annotated[int, Meta(ge=0, le=5)]], Meta(min_length=2, max_length=2000)]
Held = Annotated[list[Annotated[int, Meta(ge=0, le=1)]], Meta(min_length=2, max_length=2000)]
Dimensions = Annotated[int, Meta(ge=1, le=2)]
Share = Annotated[float, Meta(ge=0, le=1)]
Window = Annotated[list[Coordinate], Meta(min_length=2, max_length=2)]


class _AskMessage(Struct, frozen=True, forbid_unknown_fields=True, tag_field="ask"):
    """What a page asks."""


class _OfSession(_AskMessage, frozen=True, forbid_unknown_fields=True, tag_field="ask"):
    """What a page asks in its session."""

    session: SessionId


class Hello(_AskMessage, frozen=True, tag="hello"):
    """Begin a session."""


class ChooseRows(_OfSession, frozen=True, tag="rows"):
    """Show other columns or other rows of the collection."""

    input: Name = ""
    columns: Annotated[list[Name], Meta(max_length=2)] = []
    seed: Count = 0


class FitKernel(_OfSession, frozen=True, tag="kernel"):
    """Fit a kernel machine to points; its setting is chosen on those that are not held out."""

    X: Coordinates
    labels: Labels
    held: Held
    dims: Dimensions
    window: Window
    kernel: Literal["rbf", "polynomial"] = "rbf"


class DecideSeparation(_OfSession, frozen=True, tag="separate"):
    """Decide whether a hyperplane in all columns of an input tells the classes apart."""

    input: Name = ""
    positive: Name = ""


class BuildApproximation(_OfSession, frozen=True, tag="approximate"):
    """Build a network for a function, with a certified error."""

    function: Annotated[str, Meta(min_length=1, max_length=200)]
    low: Coordinate = 0.0
    high: Coordinate = 1.0
    tolerance: Annotated[float, Meta(ge=1e-6, le=1e6)] = 0.05
    activation: Literal["relu", "step", "sigmoid", "tanh"] = "relu"


class StartClimb(_OfSession, frozen=True, tag="climb"):
    """Climb on the collection: every rung on the same folds."""

    repeats: Annotated[int, Meta(ge=1, le=5)] = 1
    seed: Count = 0


class TrainWall(_OfSession, frozen=True, tag="wall"):
    """Train many networks on points at once: shapes times seeds."""

    X: Coordinates
    labels: Labels
    held: Held
    dims: Dimensions
    seeds: Annotated[int, Meta(ge=1, le=64)] = 16
    activation: Literal["tanh", "relu", "logistic"] = "tanh"
    epochs: Annotated[int, Meta(ge=1, le=1000)] = 200


class ReadFiles(_OfSession, frozen=True, tag="read"):
    """Read the files that were sent: a table, or sounds in folders named after their classes."""

    target: Name = ""


class WatchJob(_OfSession, frozen=True, tag="watch"):
    """Wait until a job has more to tell than what was seen of it."""

    job: Count
    seen: Count = 0


class StopJob(_OfSession, frozen=True, tag="stop"):
    """Stop a job."""

    job: Count


ASKS = (
    Hello,
    ChooseRows,
    FitKernel,
    DecideSeparation,
    BuildApproximation,
    StartClimb,
    TrainWall,
    ReadFiles,
    WatchJob,
    StopJob,
)
Ask = (
    Hello
    | ChooseRows
    | FitKernel
    | DecideSeparation
    | BuildApproximation
    | StartClimb
    | TrainWall
    | ReadFiles
    | WatchJob
    | StopJob
)


class _AnswerMessage(Struct, frozen=True, tag_field="answer"):
    """What the server answers."""


class NamedInput(Struct, frozen=True):
    """An input of the collection and its columns, as far as they are listed."""

    name: str
    n_columns: Count
    columns: list[str]


class About(Struct, frozen=True):
    """What the session's collection is."""

    title: str
    n_rows: Count
    inputs: list[NamedInput]
    classes: list[str]


class Welcome(_AnswerMessage, frozen=True, tag="welcome"):
    """A session has begun."""

    session: SessionId
    about: About


class PointRows(_AnswerMessage, frozen=True, tag="rows", omit_defaults=True):
    """Rows as points of the page: of classes, or with targets where a number is learnt."""

    names: Annotated[list[str], Meta(min_length=1, max_length=2)]
    X: Annotated[list[list[float]], Meta(min_length=2, max_length=_MOST_POINTS)]
    labels: Labels
    classes: Annotated[list[str], Meta(max_length=6)]
    note: str
    targets: list[float] | None = None


class KernelFitted(Struct, frozen=True, tag_field="result", tag="kernel"):
    """A kernel machine: what it says over the page's picture, and how often it is right.

    Of two classes, the picture has percents of the second; of more, their numbers.
    """

    plane: list[Annotated[int, Meta(ge=0, le=100)]]
    setting: str
    n_vectors: Count
    train_accuracy: Share
    held_accuracy: Share | None


class SeparationDecided(Struct, frozen=True, tag_field="result", tag="separate"):
    """Whether a hyperplane separates, and the evidence in words."""

    separable: bool | None
    lines: list[str]


class ApproximationBuilt(Struct, frozen=True, tag_field="result", tag="approximate"):
    """A network for a function, its certificate in words, and both curves."""

    n_units: Count
    error: float
    equation: str
    lines: list[str]
    x: list[float]
    wanted: list[float]
    found: list[float]


class ClimbedRung(Struct, frozen=True):
    """A rung, its score and the interval of it."""

    title: str
    setting: str
    score: str
    interval: str


class ClimbFinished(Struct, frozen=True, tag_field="result", tag="climb"):
    """A climb's verdict and its ladder."""

    headline: str
    explanation: str
    metric: str
    rungs: list[ClimbedRung]


class TrainedNet(Struct, frozen=True):
    """A network of the wall: weights, then biases, layer by layer; how often it is right."""

    hidden: list[Count]
    seed: Count
    parameters: list[float]
    train_accuracy: Share
    held_accuracy: Share | None


class WallTrained(Struct, frozen=True, tag_field="result", tag="wall"):
    """All networks of a wall."""

    nets: Annotated[list[TrainedNet], Meta(max_length=MOST_NETS)]
    seconds: float


class FilesRead(Struct, frozen=True, tag_field="result", tag="read"):
    """The session has another collection."""

    about: About
    notices: list[str]


Result = (
    KernelFitted | SeparationDecided | ApproximationBuilt | ClimbFinished | WallTrained | FilesRead
)


class JobStarted(_AnswerMessage, frozen=True, tag="started"):
    """A job was begun, or waits for its turn."""

    job: Count


class JobState(_AnswerMessage, frozen=True, tag="job"):
    """How far a job is; `seen` counts what there was to tell."""

    job: Count
    seen: Count
    state: Literal["waiting", "working", "done", "failed", "stopped"]
    doing: str = ""
    share: Share | None = None
    result: Result | None = None


class Refusal(_AnswerMessage, frozen=True, tag="refusal"):
    """Why there is no other answer, in one sentence."""

    code: Literal["malformed", "forbidden", "unknown", "limit", "unusable", "full"]
    says: str


Answer = Welcome | PointRows | JobStarted | JobState | Refusal

_decoder = msgspec.json.Decoder(Ask)
encode = msgspec.json.Encoder().encode

SCHEMA_NAMES = ("Ask", "Answer")


def decode_ask(data: bytes) -> Ask:
    """Read what a page asks, or raise `msgspec.ValidationError` or `msgspec.DecodeError`."""
    return _decoder.decode(data)


def schema(template: str = "#/$defs/{name}") -> dict[str, Any]:
    """Return the JSON Schema of every message: ``Ask``, ``Answer`` and what they are made of."""
    (ask, answer), parts = msgspec.json.schema_components([Ask, Answer], ref_template=template)
    return {**parts, "Ask": ask, "Answer": answer}


def openapi() -> dict[str, Any]:
    """Describe the two routes that messages and files take, for programs that try them out."""
    parts = schema("#/components/schemas/{name}")
    refused = {"$ref": "#/components/schemas/Refusal"}
    answered = {"$ref": "#/components/schemas/Answer"}

    def says(what: str, form: dict[str, Any]) -> dict[str, Any]:
        return {"description": what, "content": {"application/json": {"schema": form}}}

    codes = ("400", "401", "403", "404", "405", "411", "413", "415", "422", "429", "503")
    refusals = {code: says("refused, in one sentence", refused) for code in codes}

    def query(name: str, length: int) -> dict[str, Any]:
        form = {"type": "string", "minLength": 1, "maxLength": length}
        return {"name": name, "in": "query", "required": True, "schema": form}

    ask = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Ask"}}}}
    file = {"content": {"application/octet-stream": {"schema": {"type": "string"}}}}
    return {
        "openapi": "3.1.0",
        "info": {"title": "gradatim lab", "version": "1"},
        "paths": {
            "/ask": {
                "post": {
                    "requestBody": {"required": True, **ask},
                    "responses": {"200": says("answered", answered), **refusals},
                }
            },
            "/files": {
                "post": {
                    "parameters": [query("session", 32), query("name", 400)],
                    "requestBody": {"required": True, **file},
                    "responses": {"204": {"description": "kept"}, **refusals},
                }
            },
        },
        "components": {"schemas": parts},
    }
