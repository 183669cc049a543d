/* SPDX-License-Identifier: ISC */
/* Checks, notes, the digest of a run, and its bad ends. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "lib/siphash.h"
#include "mir/clock.h"
#include "mir/panic.h"
#include "sim/priv.h"

const char *sim_scenario_name = "?";
unsigned sim_failures;
uint64_t sim_digest;

/* One write a line: seeds run side by side. */
static void
print(const char *prefix, const char *fmt, va_list ap)
{
	char line[600];
	int n = snprintf(line, sizeof line, "# %s %llu at %.6f s: %s", sim_scenario_name,
			 (unsigned long long)sim_seed(),
			 mir_clock ? (double)(mir_now() - sim_started()) / 1e9 : 0.0, prefix);

	n += vsnprintf(line + n, sizeof line - (size_t)n - 1, fmt, ap);
	if (n > (int)sizeof line - 2)
		n = (int)sizeof line - 2;
	memcpy(line + n, "\n", 2);
	fputs(line, stdout);
	fflush(stdout);
}

void
sim_note(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	print("", fmt, ap);
	va_end(ap);
}

bool
sim_check(bool ok, const char *file, int line, const char *fmt, ...)
{
	char place[200];
	va_list ap;

	if (ok)
		return true;
	snprintf(place, sizeof place, "%s:%d: ", file, line);
	va_start(ap, fmt);
	print(place, fmt, ap);
	va_end(ap);
	sim_failures++;
	return false;
}

bool
sim_check_eq(long long got, long long want, const char *file, int line, const char *got_text,
	     const char *want_text)
{
	return sim_check(got == want, file, line, "%s is %lld, not %s: %lld", got_text, got,
			 want_text, want);
}

_Noreturn void
sim_die(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	print("ended: ", fmt, ap);
	va_end(ap);
	_exit(1);
}

_Noreturn void
mir_panic(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	print("panic: ", fmt, ap);
	va_end(ap);
	abort();
}

_Noreturn void
mir_assert_failed(const char *expr, const char *file, int line)
{
	mir_panic("%s:%d: assertion failed: %s", file, line, expr);
}

/* A chain of hashes, each keyed by the one before. */
void
sim_digest_frame(unsigned link, unsigned side, const uint8_t *bytes, size_t len)
{
	uint64_t key[2] = { sim_digest, (mir_now() << 1 | side) ^ (uint64_t)link << 48 };

	sim_digest = siphash((const uint8_t *)key, bytes, len);
}
