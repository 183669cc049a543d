/* SPDX-License-Identifier: ISC */
/* Checks: what went wrong is printed with its place and told to the harness. */
#include <stdarg.h>
#include <stdio.h>
#include "test/unit/harness.h"

static void
print_failure(const char *file, int line, const char *fmt, va_list ap)
{
	printf("# %s:%d: ", file, line);
	vprintf(fmt, ap);
	printf("\n");
	test_failed();
}

bool
test_check(bool ok, const char *file, int line, const char *fmt, ...)
{
	va_list ap;

	if (ok)
		return true;
	va_start(ap, fmt);
	print_failure(file, line, fmt, ap);
	va_end(ap);
	return false;
}

bool
test_check_eq(long long got, long long want, const char *file, int line, const char *got_text,
	      const char *want_text)
{
	return test_check(got == want, file, line, "%s is %lld (0x%llx), not %s: %lld (0x%llx)",
			  got_text, got, (unsigned long long)got, want_text, want,
			  (unsigned long long)want);
}

bool
test_check_str(const char *got, const char *want, const char *file, int line,
	       const char *got_text)
{
	bool same = got && want ? strcmp(got, want) == 0 : got == want;

	return test_check(same, file, line, "%s is \"%s\", not \"%s\"", got_text,
			  got ? got : "(null)", want ? want : "(null)");
}

bool
test_check_mem(const void *got, const void *want, size_t len, const char *file, int line,
	       const char *got_text)
{
	const uint8_t *g = got, *w = want;
	size_t i = 0;

	while (i < len && g[i] == w[i])
		i++;
	return test_check(i == len, file, line, "%s: byte %zu of %zu is 0x%02x, not 0x%02x",
			  got_text, i, len, i < len ? g[i] : 0, i < len ? w[i] : 0);
}
