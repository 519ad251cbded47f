import logging
import os
import subprocess
import sys
import warnings

from gradatim.cli._silence import silent_libraries


def test_warnings_are_silenced_and_heard_again_afterwards(recwarn):
    with silent_libraries(debug=False):
        warnings.warn("noise", RuntimeWarning, stacklevel=1)
    assert len(recwarn) == 0
    warnings.warn("signal", RuntimeWarning, stacklevel=1)
    assert len(recwarn) == 1


def test_log_records_are_dropped_and_heard_again_afterwards(caplog):
    with silent_libraries(debug=False):
        logging.getLogger("jax").critical("noise")
    logging.getLogger("jax").critical("signal")
    assert caplog.messages == ["signal"]


def test_what_c_libraries_write_is_dropped_and_heard_again_afterwards(capfd):
    with silent_libraries(debug=False):
        os.write(2, b"noise")
    os.write(2, b"signal")
    assert capfd.readouterr().err == "signal"


def test_our_own_words_reach_standard_error_meanwhile():
    code = (
        "import os, sys; from gradatim.cli._silence import silent_libraries\n"
        "with silent_libraries(debug=False):\n"
        "    print('ours', file=sys.stderr); os.write(2, b'noise')\n"
        "print('after', file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr == "ours\nafter\n"


def test_child_processes_are_quiet_too(capfd):
    code = "import warnings; warnings.warn('noise')"
    with silent_libraries(debug=False):
        subprocess.run([sys.executable, "-c", code], check=True)
    assert capfd.readouterr().err == ""
    assert "PYTHONWARNINGS" not in os.environ or os.environ["PYTHONWARNINGS"] != "ignore"


def test_with_debug_everything_is_heard(capfd):
    with silent_libraries(debug=True):
        os.write(2, b"noise")
    assert capfd.readouterr().err == "noise"
