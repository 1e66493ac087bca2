"""What runs inside Rasa, checked inside Rasa's environment: this one has no Rasa."""

import os
import subprocess
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[2]


def test_the_checks_in_rasas_environment_pass() -> None:
    env = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "ignore", "TF_CPP_MIN_LOG_LEVEL": "3"}
    command = [str(ROOT / ".venv-rasa" / "bin" / "python"), str(HERE / "checks_rasa_side.py")]
    done = subprocess.run(
        command, cwd=ROOT, env=env, capture_output=True, text=True, check=False, timeout=170
    )
    assert done.returncode == 0, done.stderr[-3_000:]
    assert "OK" in done.stderr
