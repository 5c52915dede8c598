#!/bin/sh
set -e
node test/domain.mjs
echo "all tests passed"
