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

/* If the project's folder is an installed one, share/mpconform: sees to it that the Pythons that are started keep their
 * compiled modules elsewhere, in the cache of the user.  To be called once, before there are threads. */
void place_keep_clean(void);

/* Where a run writes its reports unless it is told otherwise, below the current folder: reports/latest if that is the
 * project's, else mpconform-reports. */
const char *place_reports_peek(void);

/* The whole of a file, NUL-terminated, new; NULL with errno set. */
char *place_read(const char *path);

/* Writes a file whole: to a temporary neighbour that then takes its place.  0, or -1 with errno set. */
int place_write(const char *path, const char *bytes, unsigned long length);

/* mkdir -p.  0, or -1 with errno set. */
int place_make_folders(const char *path);

/* rm -rf of a folder that the harness made itself. */
void place_remove(const char *path);

#endif
