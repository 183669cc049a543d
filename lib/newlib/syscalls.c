/* SPDX-License-Identifier: ISC */
/* The calls that newlib's stdio and time functions make: files 0 to 2 are the console, there
 * are no others. */
#include <errno.h>
#include <stdbool.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/times.h>
#include <unistd.h>
#include "mir/clock.h"
#include "mir/console.h"

int _close(int fd);
int _fstat(int fd, struct stat *st);
pid_t _getpid(void);
int _gettimeofday(struct timeval *tv, void *zone);
int _isatty(int fd);
int _kill(int pid, int signal);
off_t _lseek(int fd, off_t offset, int whence);
int _open(const char *path, int flags, int mode);
int _read(int fd, void *to, size_t len);
clock_t _times(struct tms *t);
int _write(int fd, const void *from, size_t len);

static int
fail(int error)
{
	errno = error;
	return -1;
}

static bool
is_console(int fd)
{
	return fd >= 0 && fd <= 2;
}

int
_write(int fd, const void *from, size_t len)
{
	if (!is_console(fd))
		return fail(EBADF);
	mir_console_write(from, len);
	return (int)len;
}

/* Waits for input: from a task only. */
int
_read(int fd, void *to, size_t len)
{
	size_t n;

	if (!is_console(fd))
		return fail(EBADF);
	while ((n = mir_console_read(to, len)) == 0)
		if (mir_wait(&mir_console_input, MIR_NEVER))
			return fail(EINTR);
	return (int)n;
}

int
_open(const char *path, int flags, int mode)
{
	(void)path;
	(void)flags;
	(void)mode;
	return fail(ENOENT);
}

int
_close(int fd)
{
	return is_console(fd) ? 0 : fail(EBADF);
}

off_t
_lseek(int fd, off_t offset, int whence)
{
	(void)offset;
	(void)whence;
	return fail(is_console(fd) ? ESPIPE : EBADF);
}

int
_fstat(int fd, struct stat *st)
{
	if (!is_console(fd))
		return fail(EBADF);
	*st = (struct stat){ .st_mode = S_IFCHR };
	return 0;
}

int
_isatty(int fd)
{
	return is_console(fd);
}

pid_t
_getpid(void)
{
	return 1;
}

int
_kill(int pid, int signal)
{
	(void)pid;
	(void)signal;
	return fail(ESRCH);
}

int
_gettimeofday(struct timeval *tv, void *zone)
{
	uint64_t us = mir_clock_wall(mir_clock) / 1000;

	(void)zone;
	tv->tv_sec = (time_t)(us / 1000000);
	tv->tv_usec = (suseconds_t)(us % 1000000);
	return 0;
}

clock_t
_times(struct tms *t)
{
	clock_t ticks = (clock_t)(mir_now() / (1000000000 / CLOCKS_PER_SEC));

	*t = (struct tms){ .tms_utime = ticks };
	return ticks;
}
