#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Makes the Python environments and runs the compatibility tests on what the Java tests wrote to
# target/. Without a suitable Python: one line and success, or failure where PYTHON_REQUIRED=true.
# The second TensorFlow and ONNX are extras: where they cannot be installed, one line says so.
# With --environment it only makes the first environment: others build against its TensorFlow.
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

# install VENV REQUIREMENTS [pip option...]: once, and again when the file has changed
install() {
  local venv=$1 file=$2 stamp=$1/${2##*/}.installed
  cmp -s "$file" "$stamp" && return
  echo "Python tests: installing ${file##*/} in $venv (once)"
  [ -x "$venv/bin/python" ] || "$python" -m venv "$venv" || return
  "$venv/bin/python" -m pip install -q --disable-pip-version-check "${@:3}" -r "$file" || return
  cp "$file" "$stamp"
}

# extra VENV REQUIREMENTS WHAT: its failure is a line and no more
extra() {
  local log
  log=$(install "$1" "$2" --retries 1 2>&1) && return
  echo "Python tests: SKIPPED $3, ${2##*/} cannot be installed: $(grep . <<<"$log" | tail -n 1)"
  return 1
}

venv=$here/.venv
# what an older list of packages left behind must not decide the tests
[ ! -d "$venv" ] || cmp -s "$here/requirements.txt" "$venv/requirements.txt.installed" || rm -rf "$venv"
install "$venv" "$here/requirements.txt" \
  || give_up "the packages of requirements.txt could not be installed"
[ "${1:-}" != --environment ] || exit 0
extra "$venv" "$here/requirements-onnx.txt" "the reading by ONNX Runtime" || true

export TF_CPP_MIN_LOG_LEVEL=2 CUDA_VISIBLE_DEVICES= PYTHONDONTWRITEBYTECODE=1
export HYPERNET4J_EVENTS=$target/tensorboard-sample
[ -d "$HYPERNET4J_EVENTS" ] || give_up "the Java tests have not written $HYPERNET4J_EVENTS yet"
language=$target/python-language-models
strokes=$target/python-stroke-models
models=("$target"/python-models/{mnist-hyper,mnist-hyper-baked}/1
  "$language"/{language-hyperlstm,language-stacked,language-plain-hyperlstm}/1
  "$target"/python-wide-resnet/{wide-resnet,wide-resnet-baked}/1
  "$strokes"/{strokes-hyperlstm,strokes-latent}/1)
families=$target/python-families
[ -d "$families" ] || give_up "the Java tests have not exported $families yet"
subwords=$target/python-subwords
[ -d "$subwords" ] || give_up "the Java tests have not written $subwords yet"
[ -d "$target/writing-pages" ] || give_up "the Java tests have not written $target/writing-pages yet"
for model in "${models[@]}"; do
  [ -d "$model" ] || give_up "the Java tests have not exported $model yet"
done

pytest() { "$venv/bin/python" -m pytest -q -rs -p no:cacheprovider "$@"; }
pytest "$here/test_tensorboard.py"
# the peers of the speed comparison compute the right thing; JAX and PyTorch are not installed here
pytest "$here/bench"
# export/reference is what the NumPy equations give, and the Keras cells agree with it
pytest "$here/test_numpy_reference.py" "$here/test_numpy_strokes.py" "$here/test_numpy_measures.py" \
  "$here/test_numpy_continual.py" "$here/test_numpy_translation.py" \
  "$here/test_keras_twin_reference.py"
# the stored scores of translations are sacreBLEU's
pytest "$here/test_bleu.py"
for model in "${models[@]}"; do
  echo "Python tests: the exported model $model"
  HYPERNET4J_MODEL=$model pytest "$here/test_saved_model.py" "$here/test_readers.py"
done
echo "Python tests: the exported language models"
HYPERNET4J_MODEL=${models[2]} pytest "$here/test_language_model.py" "$here/test_keras_twin.py" \
  "$here/test_serving_check.py" "$here/test_serving_guide.py"
for model in "${models[@]:3:2}"; do
  HYPERNET4J_MODEL=$model pytest "$here/test_language_model.py"
done
echo "Python tests: the exported stroke models"
for model in "$strokes"/{strokes-hyperlstm,strokes-stacked,strokes-latent}/1; do
  HYPERNET4J_MODEL=$model pytest "$here/test_stroke_model.py"
done
echo "Python tests: the exported families of networks"
HYPERNET4J_FAMILIES=$families pytest "$here"/test_family_*.py
for model in "$families"/*/1; do
  HYPERNET4J_MODEL=$model pytest "$here/test_saved_model.py"
done
echo "Python tests: a vocabulary of sub-words in Hugging Face tokenizers"
HYPERNET4J_SUBWORDS=$subwords pytest "$here/test_subwords.py"
echo "Python tests: the page that plays a writing"
HYPERNET4J_PAGES=$target/writing-pages pytest "$here/test_writing_page.py"
echo "Python tests: Java, Keras, Java"
# what Maven has just compiled; the launcher would build it once more
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
export HYPERNET4J_COMMAND="$java -cp $target/classes:$(cat "$target/classpath") org.hypernet4j.cli.Main"
HYPERNET4J_MODEL=${models[2]} pytest "$here/test_round_trip.py"
echo "Python tests: the playground in a browser"
HYPERNET4J_PLAYED=${models[0]}:${models[2]}:$strokes/strokes-hyperlstm/1:$families/translation-hyperlstm/1 \
  pytest "$here/test_playground.py"
echo "Python tests: the server"
HYPERNET4J_MODEL=${models[2]} pytest "$here/test_java_server.py"

newest=$here/.venv-newest
if extra "$newest" "$here/requirements-newest.txt" "the newest TensorFlow"; then
  venv=$newest
  for model in "${models[0]}" "${models[3]}" "${models[8]}"; do  # of each family the one with more
    echo "Python tests: the exported model $model in the newest TensorFlow"
    HYPERNET4J_MODEL=$model pytest "$here/test_readers.py"
  done
fi
