# SPDX-License-Identifier: MIT
"""What several versions answered, as the intervals in which they answer the same."""


def intervals(versions, texts):
    """[(first version, last version, text)], neighbours with equal text joined; no row where the text is None."""
    joined = []
    for version, text in zip(versions, texts):
        if joined and joined[-1][2] == text:
            joined[-1][1] = version
        else:
            joined.append([version, version, text])
    return [tuple(row) for row in joined if row[2] is not None]
