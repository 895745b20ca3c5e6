#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Builds the sources once more, in another folder, and compares every jar byte for byte with the one
# of the build that runs this. Files that git would not know are not copied.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
target=$(cd "${1:-$root/target}" && pwd)
copy=$target/second-build
rm -rf "$copy"
mkdir -p "$copy"
(cd "$root" && git ls-files -z --cached --others --exclude-standard | xargs -0 cp --parents -t "$copy")
if ! (cd "$copy" && "${MAVEN_COMMAND:-mvn}" -B -q -ntp -Prelease -Dsecond.build=true \
    -Dmaven.test.skip=true -DskipTests -Djacoco.skip=true package) > "$target/second-build.log" 2>&1; then
  tail -n 20 "$target/second-build.log" >&2
  echo "Second build FAILED: the lines above are the end of $target/second-build.log" >&2
  exit 1
fi
jars=("$target"/hypernet4j-*.jar "$target"/app/hypernet4j-*.jar)
[ ${#jars[@]} -ge 5 ] || { echo "Second build FAILED: expected at least 5 jars in $target" >&2; exit 1; }
for jar in "${jars[@]}"; do
  if ! cmp -s "$jar" "$copy/target/${jar#"$target"/}"; then
    echo "Second build FAILED: ${jar##*/} differs from that of a second build in $copy" >&2
    exit 1
  fi
  echo "same bytes: ${jar##*/} ($(sha256sum < "$jar" | cut -c 1-16))"
done
