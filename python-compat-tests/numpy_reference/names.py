# SPDX-License-Identifier: Apache-2.0
"""Scopes in names: `hyper/W_x` is `W_x` below `hyper`."""


def below(scope, entries):
    """Entries {name: value} by the names that start with `scope/`, without it."""
    prefix = f"{scope}/"
    return {
        name[len(prefix):]: value for name, value in entries.items() if name.startswith(prefix)}


def under(scope, entries):
    """The same entries with `scope/` before their names."""
    return {f"{scope}/{name}": value for name, value in entries.items()}
