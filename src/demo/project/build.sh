#!/bin/sh
# "Compiles" and "links": a syntax error or a name that nobody exports stops it.
set -e
for file in src/*.mjs; do
  echo "  CC      $file"
  node --check "$file"
done
echo "  LD      minivisor"
node -e "import('./src/minivisor.mjs')" || { echo "build.sh: link failed"; exit 2; }
