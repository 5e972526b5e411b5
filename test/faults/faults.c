/*
 * Lets a command fail at a chosen point of its way through a backend. Loaded before the C library (LD_PRELOAD), it
 * counts what the server asks of that. A comment in a message of the client says what is to happen, and when: at the
 * AT-th point from there on, TIMES times in a row,
 *
 *     (fault KIND AT TIMES)    instead of parentheses those of a C comment
 *
 * m  malloc() and its like give nothing: only they are counted then
 * w  the disk is full: writes give ENOSPC, and only they are counted
 * c  the command is cancelled, as pg_cancel_backend() does it
 * t  the session is ended, as pg_terminate_backend() does it
 * k  the backend dies of SIGKILL
 * p  the postmaster does, and the backend
 * n  nothing, but to be counted
 *
 * until (fault off). It is a library of functions for the server too, which tell what has happened.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "postgres.h"
#include "fmgr.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

/* The C library's own, of which ours are made. */
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *old, size_t size);

static char kind = 0; /* 0: nothing is to happen */
static long at;
static long times;
static long reached;
static long fired;

static bool
is_due(void)
{
	reached++;
	if (reached < at || fired >= times)
		return false;
	fired++;
	return true;
}

/* A point where signals may be sent. */
static void
pass_point(void)
{
	if (likely(kind == 0) || kind == 'm' || kind == 'w' || !is_due())
		return;
	if (kind == 'c')
		kill(getpid(), SIGINT);
	else if (kind == 't')
		kill(getpid(), SIGTERM);
	else
	{
		if (kind == 'p')
			kill(getppid(), SIGKILL);
		if (kind != 'n')
			kill(getpid(), SIGKILL);
	}
}

static bool
has_no_memory(void)
{
	pass_point();
	if (kind != 'm' || !is_due())
		return false;
	errno = ENOMEM;
	return true;
}

static bool
has_no_space(void)
{
	pass_point();
	if (kind != 'w' || !is_due())
		return false;
	errno = ENOSPC;
	return true;
}

static void
read_message(const char *bytes, size_t length)
{
	static const char mark[] = "/*fault ";
	const char *found = memmem(bytes, length, mark, sizeof(mark) - 1);
	char text[64] = "";

	if (found == NULL)
		return;
	found += sizeof(mark) - 1;
	memcpy(text, found, Min(sizeof(text) - 1, (size_t) (bytes + length - found)));
	kind = 0;
	if (strncmp(text, "off", 3) == 0)
		return;
	reached = 0;
	fired = 0;
	at = atol(text + 2);
	times = atol(strchr(text + 2, ' '));
	kind = text[0];
}

ssize_t
recv(int socket, void *buffer, size_t size, int flags)
{
	ssize_t result = syscall(SYS_recvfrom, socket, buffer, size, flags, NULL, NULL);

	if (result > 0)
		read_message(buffer, result);
	return result;
}

void *
malloc(size_t size)
{
	return has_no_memory() ? NULL : __libc_malloc(size);
}

void *
calloc(size_t count, size_t size)
{
	return has_no_memory() ? NULL : __libc_calloc(count, size);
}

void *
realloc(void *old, size_t size)
{
	return has_no_memory() ? NULL : __libc_realloc(old, size);
}

ssize_t
pwrite(int file, const void *buffer, size_t size, off_t offset)
{
	return has_no_space() ? -1 : syscall(SYS_pwrite64, file, buffer, size, offset);
}

ssize_t
pwritev(int file, const struct iovec *parts, int count, off_t offset)
{
	/* Two halves, of which the second is for the offsets of 32-bit systems. */
	return has_no_space() ? -1 : syscall(SYS_pwritev, file, parts, count, offset, 0);
}

/* Where many points are: a backend calls these all the time. */
size_t
strlen(const char *text)
{
	size_t length = 0;

	pass_point();
	while (text[length] != '\0')
		length++;
	return length;
}

int
strcmp(const char *left, const char *right)
{
	pass_point();
	while (*left != '\0' && *left == *right)
	{
		left++;
		right++;
	}
	return (unsigned char) *left - (unsigned char) *right;
}

PG_MODULE_MAGIC;
PG_FUNCTION_INFO_V1(faults_reached);
PG_FUNCTION_INFO_V1(faults_fired);

Datum
faults_reached(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(reached);
}

Datum
faults_fired(PG_FUNCTION_ARGS)
{
	PG_RETURN_INT64(fired);
}
