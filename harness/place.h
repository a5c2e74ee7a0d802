/* SPDX-License-Identifier: MIT */
/* Where things are: the folder of the project (cases/, oracle/, harness/implementations/) and the folder of the
 * programs. */
#ifndef HARNESS_PLACE_H
#define HARNESS_PLACE_H

/* The project's folder, borrowed: MPCONFORM_HOME if set; else the nearest folder at or above that of this program, or
 * its share/mpconform, that has harness/implementations; else ".". */
const char *place_home_peek(void);

/* The folder of this program, borrowed: mpmanager and mpproxy lie there too. */
const char *place_build_peek(void);

/* A path below the project's folder, new. */
char *place_path(const char *relative);

/* The whole of a file, NUL-terminated, new; NULL with errno set. */
char *place_read(const char *path);

/* Writes a file whole: to a temporary neighbour that then takes its place.  0, or -1 with errno set. */
int place_write(const char *path, const char *bytes, unsigned long length);

/* mkdir -p.  0, or -1 with errno set. */
int place_make_folders(const char *path);

/* rm -rf of a folder that the harness made itself. */
void place_remove(const char *path);

#endif
