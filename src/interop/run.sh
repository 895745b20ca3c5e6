#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Other runtimes read the models that the Java tests exported, each in a process of its own with its
# own classes and native library, and every output of every signature is compared with the recorded
# one (InteropCheck). What cannot be had on this machine is one line that says why. Fails if an
# output differs, and if no runtime could be had at all.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$here/../.." && pwd)
mkdir -p "${1:-$root/target}/interop"
target=$(cd "${1:-$root/target}" && pwd)
work=$target/interop
java=${JAVA_HOME:+$JAVA_HOME/bin/}java
maven=${MAVEN_COMMAND:-mvn}
export TF_CPP_MIN_LOG_LEVEL=2 CUDA_VISIBLE_DEVICES=

models=("$target"/python-models/{mnist-hyper,mnist-hyper-baked}/1
  "$target"/python-language-models/{language-hyperlstm,language-stacked,language-plain-hyperlstm}/1)
for model in "${models[@]}"; do
  [ -d "$model" ] || { echo "Interop FAILED: the Java tests have not exported $model" >&2; exit 1; }
done

# class_path NAME: NAME.args for java, our classes without our TensorFlow and the jars of NAME/pom.xml
class_path() {
  "$maven" -q -B -f "$here/$1/pom.xml" \
    org.apache.maven.plugins:maven-dependency-plugin:3.8.1:build-classpath \
    -Dmdep.outputFile="$work/$1.jars" || return
  echo "-Xmx1g -cp \"$target/test-classes:$target/classes:$(cat "$work/$1.jars")\"" > "$work/$1.args"
}

prepare_tensorflow() {
  [ "$(uname -sm)" = "Linux x86_64" ] || { echo "its natives are for Linux on x86_64"; return 1; }
  class_path tensorflow-2.10
}

# DJL would fetch a native library from a site of its own: it gets ours, unpacked.
prepare_djl() {
  local jar natives=$TENSORFLOW_LIBRARY_PATH
  class_path djl || return
  jar=$(tr : '\n' < "$target/classpath" | grep '/tensorflow-core-native-[0-9.]*-[a-z][^/]*\.jar$') \
    || { echo "no jar with TensorFlow's native library in $target/classpath"; return 1; }
  mkdir -p "$natives"
  (cd "$natives" && "${java%java}jar" xf "$jar" org/tensorflow/internal/c_api) || return
  find "$natives/org" -type f -exec mv -f {} "$natives" \;
}

# TensorFlow.js for Node would fetch a native library from a site of its own: it is compiled against
# the one in the wheel that the Python tests run with.
prepare_tfjs() {
  local tool wheel library gyp headers build=$work/tfjs
  local package=$build/node_modules/@tensorflow/tfjs-node
  for tool in node npm make g++ python3; do
    command -v "$tool" || { echo "no $tool on this machine"; return 1; }
  done
  PYTHON_REQUIRED=true "$root/python-compat-tests/run.sh" --environment || return
  wheel=$("$root/python-compat-tests/.venv/bin/python" -c 'import importlib.util
print(importlib.util.find_spec("tensorflow").submodule_search_locations[0])') || return
  mkdir -p "$build"
  cp "$here"/tfjs/{package.json,reader.js} "$build"
  [ "$(cat "$build/built" 2>/dev/null)" != "$wheel" ] || return 0

  (cd "$build" && npm install --ignore-scripts --no-audit --no-fund --loglevel=error) || return
  mkdir -p "$package/deps/lib"
  ln -sfn "$wheel/include" "$package/deps/include"
  for library in cc framework; do
    [ -e "$wheel/libtensorflow_$library.so.2" ] \
      || { echo "no libtensorflow_$library.so.2 in $wheel"; return 1; }
    ln -sf "$wheel/libtensorflow_$library.so.2" "$package/deps/lib/"
  done
  # the names that its linker and its binding want
  ln -sf libtensorflow_cc.so.2 "$package/deps/lib/libtensorflow.so"
  ln -sf libtensorflow_framework.so.2 "$package/deps/lib/libtensorflow_framework.so"
  gyp=$(npm root -g 2>/dev/null)/npm/node_modules/node-gyp/bin/node-gyp.js
  # Node's headers are fetched where they are not installed beside it
  headers=$(dirname "$(dirname "$(readlink -f "$(command -v node)")")")
  [ -e "$headers/include/node/node_api.h" ] && headers=--nodedir=$headers || headers=
  (cd "$package" && CXXFLAGS="-std=c++17 -fpermissive -w" node "$gyp" rebuild $headers \
    --module_name=tfjs_binding --module_path="$package/lib/napi-v8" --napi_build_version=8) || return
  echo "$wheel" > "$build/built"
}

# reason LOG: the first error of Maven, npm, the compiler or node-gyp, or else the last line
reason() {
  local text
  text=$(sed $'s/\e\\[[0-9;]*m//g' "$1" | grep -vE '^$|^npm error (code|errno|syscall)') \
    || text="see $1"
  grep -m 1 -E '^\[ERROR\]|^npm error|error: |^gyp ERR! stack' <<<"$text" || tail -n 1 <<<"$text"
}

ran=0 failed=0
# reader NAME TITLE COMMAND...: prepares, and compares what the command reads, or says why not
reader() {
  local name=$1 title=$2
  if ! "prepare_$name" > "$work/$name.log" 2>&1; then
    echo "Interop: SKIPPED $title: $(reason "$work/$name.log")"
    return
  fi
  echo "Interop: $title"
  ran=$((ran + 1))
  # what libraries print is only shown where something is wrong
  "$java" -Xmx512m -cp "$target/test-classes:$target/classes:$(cat "$target/classpath")" \
    org.hypernet4j.export.verify.InteropCheck "${models[@]}" -- "${@:3}" 2> "$work/$name.err" && return
  failed=$((failed + 1))
  tail -n 20 "$work/$name.err" >&2
}

reader tensorflow "the loader of TensorFlow 2.10" \
  "$java" "@$work/tensorflow-2.10.args" "$here/java/TensorFlow210Reader.java"
export DJL_OFFLINE=true TENSORFLOW_LIBRARY_PATH=$work/djl-natives
reader djl "DJL's TensorFlow engine" \
  "$java" "@$work/djl.args" "$here/java/DjlReader.java"
rm -rf "$TENSORFLOW_LIBRARY_PATH" # it is large
reader tfjs "TensorFlow.js for Node" node "$work/tfjs/reader.js"

if [ "$ran" = 0 ]; then
  echo "Interop FAILED: none of the runtimes could be had" >&2
  exit 1
fi
echo "Interop: $ran of 3 runtimes read the models, $failed of them otherwise than recorded"
[ "$failed" = 0 ]
