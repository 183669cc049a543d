/* SPDX-License-Identifier: ISC */
/* net/arphistory/entry: text there and back, and what somebody else may have written. */
#include "mir/err.h"
#include "net/arphistory/entry.h"
#include "test/unit/harness.h"

static const uint8_t mac[6] = { 2, 0, 0, 0xab, 0xcd, 0xef };

TEST(text_there_and_back)
{
	char folder[ENTRY_FOLDER], path[ENTRY_PATH], text[ENTRY_TEXT], message[ENTRY_MESSAGE];
	uint8_t back[6];
	uint32_t ip;
	size_t len;

	entry_folder(3, folder);
	entry_path(folder, 0x0a000001, path);
	CHECK_STR(path, "vif3/10.0.0.1");
	len = entry_text(mac, MIR_SEC(7) + MIR_US(42), text);
	CHECK_EQ(len, strlen(text));
	CHECK_STR(text, "mac 02:00:00:ab:cd:ef\nconfirmed 7.000042\n");
	CHECK_EQ(entry_parse(text, len, back), MIR_OK);
	CHECK_MEM(back, mac, 6);
	CHECK_EQ(entry_parse_path(path, folder, &ip), MIR_OK);
	CHECK_EQ(ip, 0x0a000001);
	entry_message(ARP_LEARNED, ip, mac, message);
	CHECK_STR(message, "learned 10.0.0.1 at 02:00:00:ab:cd:ef");
	entry_message(ARP_DOWN, 0xdfffffff, mac, message);
	CHECK_STR(message, "expired 223.255.255.255 link down, was at 02:00:00:ab:cd:ef");
	entry_path("vif4294967295", 0xffffffff, path);
	CHECK_STR(path, "vif4294967295/255.255.255.255");
	len = entry_text(mac, UINT64_MAX, text);
	CHECK_EQ(len, strlen(text));
}

TEST(what_others_write_is_judged)
{
	static const struct { const char *text; int err; } values[] = {
		{ "mac 02:00:00:ab:cd:ef", MIR_OK }, { "mac 02:00:00:AB:CD:EF\nby hand", MIR_OK },
		{ "", MIR_EINVAL }, { "mac", MIR_EINVAL }, { "mac 02:00:00:ab:cd", MIR_EINVAL },
		{ "mac 02:00:00:ab:cd:e", MIR_EINVAL }, { "mac 02:00:00:ab:cd:eg", MIR_EINVAL },
		{ "mac 02-00-00-ab-cd-ef", MIR_EINVAL }, { "mac 02:00:00:ab:cd:ef:00", MIR_EINVAL },
		{ "Mac 02:00:00:ab:cd:ef", MIR_EINVAL },
	};
	static const struct { const char *path; int err; } paths[] = {
		{ "vif0/10.0.0.1", MIR_OK }, { "vif0/010.0.0.1", MIR_EINVAL }, { "vif0/10.0.0", MIR_EINVAL },
		{ "vif0/10.0.0.1/x", MIR_EINVAL }, { "vif0/", MIR_EINVAL }, { "vif0", MIR_EINVAL },
		{ "vif1/10.0.0.1", MIR_EINVAL }, { "vif0/10.0.0.256", MIR_EINVAL },
		{ "vif0/README", MIR_EINVAL },
	};
	uint8_t back[6];
	uint32_t ip;

	for (unsigned i = 0; i < sizeof values / sizeof *values; i++)
		CHECK_MSG(entry_parse(values[i].text, strlen(values[i].text), back) == values[i].err,
			  "%s", values[i].text);
	for (unsigned i = 0; i < sizeof paths / sizeof *paths; i++)
		CHECK_MSG(entry_parse_path(paths[i].path, "vif0", &ip) == paths[i].err, "%s",
			  paths[i].path);
}
