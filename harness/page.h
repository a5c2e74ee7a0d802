/* SPDX-License-Identifier: MIT */
/* The sources of the report page, embedded: embed makes the definitions when the program is built. */
#ifndef HARNESS_PAGE_H
#define HARNESS_PAGE_H

/* page/page.html, page/page.css, and page's scripts one after the other: ASCII, NUL-terminated. */
extern const char page_html[];
extern const char page_css[];
extern const char page_js[];

#endif
