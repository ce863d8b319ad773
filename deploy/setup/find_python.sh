#!/bin/sh
# Prints the first Python that can set the project up (3.11 or newer, with venv), else one line on what to do.
# Candidates are run, not only found: version managers leave commands that answer with an error.
check='import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))'
for candidate in "$@" python3.14 python3.13 python3.12 python3.11 python3 python; do
    if "$candidate" -I -c "$check" >/dev/null 2>&1; then
        "$candidate" -I -c 'import sys; print(sys.executable)'
        exit 0
    fi
    # A Python that was asked for by name is not silently replaced by another.
    if [ $# -gt 0 ]; then
        echo "$candidate is not Python 3.11 or newer with venv: name another one, as in: make demo PYTHON=/path/to/python3.11" >&2
        exit 1
    fi
done
for candidate in python3.14 python3.13 python3.12 python3.11 python3; do
    if "$candidate" -I -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
        echo "$candidate lacks its venv module: install it (Debian, Ubuntu: apt install $candidate-venv)" >&2
        exit 1
    fi
done
found=$(python3 -I -c 'import sys; print("this machine has %d.%d" % sys.version_info[:2])' 2>/dev/null || echo "this machine has none")
echo "Houqin needs Python 3.11 or newer and $found: install one, or name it: make demo PYTHON=/path/to/python3.11" >&2
exit 1
