/* SPDX-License-Identifier: ISC */
/* Log lines: their form, their levels, and what is too long. */
#include "mir/console.h"
#include "mir/err.h"
#include "mir/log.h"
#include "mir/param.h"
#include "test/unit/harness.h"

static char written[1000];
static unsigned writes;

void
mir_console_write(const char *text, size_t len)
{
	memcpy(written, text, len);
	written[len] = '\0';
	writes++;
}

TEST(a_line_has_time_module_and_level)
{
	test_now = MIR_SEC(12) + MIR_US(34);
	mir_log(MIR_LOG_INFO, "net", "%d frames", 5);
	CHECK_STR(written, "[   12.000034] net: 5 frames\n");
	mir_log(MIR_LOG_WARN, "net", "x");
	CHECK_STR(written, "[   12.000034] net: warning: x\n");
	mir_log(MIR_LOG_ERROR, "net", "x");
	CHECK_STR(written, "[   12.000034] net: error: x\n");
}

TEST(the_level_is_the_command_lines)
{
	char why[100];

	writes = 0;
	mir_log(MIR_LOG_DEBUG, "net", "not seen");
	CHECK_EQ(writes, 0);
	CHECK_EQ(mir_param_parse("loglevel=error", why, sizeof why), MIR_OK);
	mir_log(MIR_LOG_WARN, "net", "not seen");
	CHECK_EQ(writes, 0);
	CHECK_EQ(mir_param_parse("loglevel=debug", why, sizeof why), MIR_OK);
	mir_log(MIR_LOG_DEBUG, "net", "seen");
	CHECK_EQ(writes, 1);
	CHECK_EQ(mir_param_parse("loglevel=loud", why, sizeof why), MIR_EINVAL);
	CHECK(strstr(why, "error|warn|info|debug") != NULL);
}

/* Cut, but in one write, and a log line still ends the line. */
TEST(long_lines_are_cut)
{
	char text[600];

	memset(text, 'a', sizeof text);
	for (size_t len = 200; len < sizeof text; len++) {
		text[len] = '\0';
		writes = 0;
		mir_log(MIR_LOG_ERROR, "net", "%s", text);
		CHECK_EQ(writes, 1);
		CHECK(strlen(written) < 256 && strchr(written, '\n') == written + strlen(written) - 1);
		mir_log(MIR_LOG_ERROR, text, "%s", text);
		CHECK(strlen(written) < 256 && strchr(written, '\n') == written + strlen(written) - 1);
		mir_printf("%s\n", text);
		CHECK_EQ(strlen(written), len + 1 < 255 ? len + 1 : 255);
		text[len] = 'a';
	}
}
