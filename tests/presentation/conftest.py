"""The climbs of `tests.reports`, and what the command line's tests make."""

from tests.cli.conftest import make_climb_fixture as make_climb_fixture
from tests.cli.conftest import make_collection_fixture as make_collection_fixture
from tests.cli.conftest import make_result_fixture as make_result_fixture
from tests.reports.conftest import climb as climb
from tests.reports.conftest import multilabel_climb as multilabel_climb
from tests.reports.conftest import probable_climb as probable_climb
from tests.reports.conftest import regression_climb as regression_climb
