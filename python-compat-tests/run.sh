#!/usr/bin/env bash
# Makes the Python environment and runs the compatibility tests on what the Java tests wrote to
# target/. Without a suitable Python: one line and success, or failure where PYTHON_REQUIRED=true.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
target=${1:-$here/../target}
required=${PYTHON_REQUIRED:-false}

give_up() {
  if [ "$required" = true ]; then
    echo "Python tests FAILED to start: $1" >&2
    exit 1
  fi
  echo "Python tests SKIPPED: $1"
  exit 0
}

python=
for candidate in ${PYTHON:-python3.12 python3.11 python3.10 python3.9 python3.13 python3}; do
  if "$candidate" -c 'import sys, venv, ensurepip
sys.exit(not (3, 9) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; then
    python=$candidate
    break
  fi
done
[ -n "$python" ] || give_up "no Python 3.9 to 3.13 with venv on this machine (TensorFlow has wheels for these)"

venv=$here/.venv
stamp=$venv/requirements.installed
if ! cmp -s "$here/requirements.txt" "$stamp"; then
  echo "Python tests: making the environment in $venv (once)"
  rm -rf "$venv"
  "$python" -m venv "$venv" || give_up "python -m venv failed"
  "$venv/bin/python" -m pip install -q --disable-pip-version-check -r "$here/requirements.txt" \
    || give_up "the packages of requirements.txt could not be installed"
  cp "$here/requirements.txt" "$stamp"
fi

export TF_CPP_MIN_LOG_LEVEL=2 CUDA_VISIBLE_DEVICES= PYTHONDONTWRITEBYTECODE=1
export HYPERNET4J_EVENTS=$target/tensorboard-sample
[ -d "$HYPERNET4J_EVENTS" ] || give_up "the Java tests have not written $HYPERNET4J_EVENTS yet"
for name in mnist-hyper mnist-hyper-baked; do
  [ -d "$target/python-models/$name/1" ] \
    || give_up "the Java tests have not exported $target/python-models/$name yet"
done

language=$target/python-language-models/language-hyperlstm/1
[ -d "$language" ] || give_up "the Java tests have not exported $language yet"

pytest() { "$venv/bin/python" -m pytest -q -p no:cacheprovider "$@"; }
pytest "$here/test_tensorboard.py"
# the peers of the speed comparison compute the right thing; JAX and PyTorch are not installed here
pytest "$here/bench"
# export/reference is what the NumPy equations give, and the Keras cells agree with it
pytest "$here/test_numpy_reference.py" "$here/test_keras_twin_reference.py"
for name in mnist-hyper mnist-hyper-baked; do
  echo "Python tests: the exported model $name"
  HYPERNET4J_MODEL=$target/python-models/$name/1 pytest "$here/test_saved_model.py"
done
echo "Python tests: the exported language model"
HYPERNET4J_MODEL=$language pytest "$here/test_saved_model.py" "$here/test_language_model.py" \
  "$here/test_keras_twin.py"
