/* SPDX-License-Identifier: ISC */
/* QEMU's words for virtio-mmio devices are found and taken out of the command line. */
#include <string.h>
#include "pc/pc.h"
#include "test/unit/harness.h"

#define DEV "virtio_mmio.device="

static const struct { const char *why, *line, *rest; unsigned count; } cases[] = {
	{ "nothing",                "",                                "",              0 },
	{ "no device",              "ip=dhcp loglevel=info",     "ip=dhcp loglevel=info", 0 },
	{ "one, last",              "a=b " DEV "512@0xfeb00e00:12",    "a=b ",          1 },
	{ "two, first",             DEV "512@0xfeb00e00:12 " DEV "0x200@4096:5 a=b", "  a=b", 2 },
	{ "letter for the size",    DEV "4K@0xfeb00e00:12",     DEV "4K@0xfeb00e00:12", 0 },
	{ "no interrupt",           DEV "512@0xfeb00e00",       DEV "512@0xfeb00e00",   0 },
	{ "empty interrupt",        DEV "512@0xfeb00e00:",      DEV "512@0xfeb00e00:",  0 },
	{ "interrupt too large",    DEV "512@0xfeb00e00:256",   DEV "512@0xfeb00e00:256", 0 },
	{ "something behind it",    DEV "512@0xfeb00e00:12:1",  DEV "512@0xfeb00e00:12:1", 0 },
	{ "address overflows",      DEV "512@0x10000000000000000:1",
				    DEV "512@0x10000000000000000:1",                     0 },
	{ "empty number",           DEV "@0x1000:1",            DEV "@0x1000:1",        0 },
	{ "only the key",           DEV,                        DEV,                    0 },
	{ "inside quotes",          "t=\"x " DEV "512@1:1\"",   "t=\"x " DEV "512@1:1\"", 0 },
};

TEST(cmdline_split)
{
	struct virtio_place places[4];
	char rest[128];
	unsigned count;

	for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
		count = cmdline_split(cases[i].line, rest, sizeof rest, places, 4);
		CHECK_MSG(count == cases[i].count, cases[i].why);
		CHECK_MSG(strcmp(rest, cases[i].rest) == 0, cases[i].why);
	}
}

TEST(cmdline_place)
{
	struct virtio_place p = { 0 };
	char rest[16];

	CHECK_EQ(cmdline_split(DEV "512@0xfeb02e00:47", rest, sizeof rest, &p, 1), 1);
	CHECK_EQ(p.base, 0xfeb02e00);
	CHECK_EQ(p.size, 512);
	CHECK_EQ(p.gsi, 47);
}

TEST(cmdline_too_long)
{
	char rest[8];

	CHECK_EQ(cmdline_split("abcdefgh x=y", rest, sizeof rest, NULL, 0), 0);
	CHECK(strcmp(rest, " x=y") == 0);
}

TEST(cmdline_too_many_devices)
{
	struct virtio_place p;
	char rest[128];

	CHECK_EQ(cmdline_split(DEV "1@1:1 " DEV "2@2:2", rest, sizeof rest, &p, 1), 1);
	CHECK(strcmp(rest, " " DEV "2@2:2") == 0);
}
