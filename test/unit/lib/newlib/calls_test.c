/* SPDX-License-Identifier: ISC */
/* lib/newlib/syscalls.c and stop.c, what newlib stands on, with a console of the test. */
#include <stdlib.h>
#include <time.h>
#include "mir/console.h"
#include "mir/platform.h"
#include "test/unit/harness.h"

#define abort	newlib_abort
#define _exit	newlib_exit
#include "lib/newlib/stop.c"
#include "lib/newlib/syscalls.c"

struct mir_waitq mir_console_input;

static char written[64];
static size_t written_len;
static const char *typed = "";
static unsigned flushed;
static enum mir_exit ended;
static jmp_buf end;

void
mir_console_write(const char *text, size_t len)
{
	memcpy(written + written_len, text, len);
	written_len += len;
}

size_t
mir_console_read(char *text, size_t len)
{
	size_t n = strnlen(typed, len);

	memcpy(text, typed, n);
	typed += n;
	return n;
}

void
mir_console_flush(void)
{
	flushed++;
}

static _Noreturn void
leave(enum mir_exit how)
{
	ended = how;
	longjmp(end, 1);
}

static mir_ns
wall(struct mir_clock *c)
{
	(void)c;
	return MIR_SEC(1700000000) + MIR_MS(250);
}

static mir_ns
monotonic(struct mir_clock *c)
{
	(void)c;
	return MIR_SEC(3);
}

static const struct mir_clock_ops clock_ops = { "test", monotonic, wall };
static struct mir_clock test_clock = { &clock_ops };

TEST(files_0_to_2_are_the_console)
{
	char text[8];

	for (int fd = 0; fd < 3; fd++) {
		written_len = 0;
		CHECK_EQ(_write(fd, "hello", 5), 5);
		CHECK_MEM(written, "hello", 5);
		CHECK_EQ(_isatty(fd), 1);
		CHECK_EQ(_close(fd), 0);
	}
	typed = "typed text";
	CHECK_EQ(_read(0, text, sizeof text), 8);
	CHECK_MEM(text, "typed te", 8);
	CHECK_EQ(_read(0, text, sizeof text), 2);
}

TEST(a_console_is_a_character_device_without_position)
{
	struct stat st;

	CHECK_EQ(_fstat(1, &st), 0);
	CHECK(S_ISCHR(st.st_mode));
	CHECK_EQ(_lseek(1, 0, SEEK_SET), -1);
	CHECK_EQ(errno, ESPIPE);
}

/* Sets errno anew, so that a call that leaves it alone shows. */
static int
error_of(int got)
{
	int error = errno;

	CHECK_EQ(got, -1);
	errno = 0;
	return error;
}

TEST(there_are_no_other_files)
{
	static const int others[] = { -1, 3, 1000 };
	struct stat st;
	char c = 0;

	for (unsigned i = 0; i < 3; i++) {
		CHECK_EQ(error_of(_write(others[i], "x", 1)), EBADF);
		CHECK_EQ(error_of(_read(others[i], &c, 1)), EBADF);
		CHECK_EQ(error_of(_close(others[i])), EBADF);
		CHECK_EQ(error_of((int)_lseek(others[i], 0, SEEK_SET)), EBADF);
		CHECK_EQ(error_of(_fstat(others[i], &st)), EBADF);
		CHECK_EQ(_isatty(others[i]), 0);
	}
	CHECK_EQ(error_of(_open("/etc/passwd", 0, 0)), ENOENT);
}

TEST(there_are_no_other_processes)
{
	CHECK_EQ(_getpid(), 1);
	CHECK_EQ(error_of(_kill(1, 9)), ESRCH);
}

TEST(time)
{
	struct mir_clock *before = mir_clock;
	struct timeval tv;
	struct tms t;

	mir_clock = &test_clock;
	CHECK_EQ(_gettimeofday(&tv, NULL), 0);
	CHECK_EQ(tv.tv_sec, 1700000000);
	CHECK_EQ(tv.tv_usec, 250000);
	CHECK_EQ(_times(&t), 3 * CLOCKS_PER_SEC);
	CHECK_EQ(t.tms_utime, 3 * CLOCKS_PER_SEC);
	CHECK_EQ(t.tms_stime, 0);
	mir_clock = before;
}

TEST(ways_to_end)
{
	static const struct { int status; enum mir_exit want; } cases[] = {
		{ 0, MIR_EXIT_POWEROFF }, { 1, MIR_EXIT_CRASH }, { -1, MIR_EXIT_CRASH } };
	static const struct mir_platform platform = { .name = "test", .exit = leave };

	mir_platform = &platform;
	for (volatile unsigned i = 0; i < 3; i++) {
		flushed = 0;
		if (!setjmp(end))
			_exit(cases[i].status);
		CHECK_EQ(ended, cases[i].want);
		CHECK_EQ(flushed, 1);
	}
	CHECK_PANICS(abort());
	CHECK_PANICS(__assert_func("a.c", 7, "f", "1 == 2"));
}
