/* SPDX-License-Identifier: MIT */
/* Addresses: where a manager listens.  Written `unix:PATH`, `abstract:NAME` (Linux) or `tcp:HOST:PORT`.  IPv4 only, as
 * the protocol. Mirrors address_type in Lib/multiprocessing/connection.py; knows no values (message/token.h makes
 * them). */
#ifndef REF_WIRE_ADDRESS_H
#define REF_WIRE_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "ref/base/failure.h"

enum address_kind { ADDRESS_UNIX, ADDRESS_ABSTRACT, ADDRESS_TCP };

/* The longest name: a host name (253) is longer than a path (107). */
#define ADDRESS_NAME 256
/* Room for the text form. */
#define ADDRESS_TEXT (ADDRESS_NAME + 16)

struct address {
    enum address_kind kind;
    size_t size;             /* bytes of the name */
    char name[ADDRESS_NAME]; /* path, abstract name without its leading NUL (may hold NULs), or host; NUL-terminated */
    uint16_t port;           /* tcp only */
};

/* Reads the text form. 0, or -1 with a failure that says what to write instead. Does not resolve hosts. */
int address_parse(struct address *a, const char *text, struct failure *f) MUST_USE;
/* Makes an address from parts; for ADDRESS_TCP name is the host. 0, or -1 (path too long). */
int address_set(struct address *a, enum address_kind kind, const char *name, size_t size, uint16_t port,
                struct failure *f) MUST_USE;
/* Writes the text form into out, which has room for ADDRESS_TEXT bytes. */
void address_format(const struct address *a, char *out);
/* The same by value, as CPython compares addresses: 'localhost' is not '127.0.0.1'. */
bool address_equal(const struct address *a, const struct address *b);
/* The form for bind and connect; resolves the host (may block). 0, or -1. */
int address_resolve(const struct address *a, struct sockaddr_storage *out, socklen_t *size, struct failure *f) MUST_USE;
/* What getsockname says, which is the address that a CPython server reports as its own. 0, or -1. */
int address_of_socket(struct address *a, int fd, struct failure *f) MUST_USE;

#endif
