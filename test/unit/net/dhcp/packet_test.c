/* SPDX-License-Identifier: ISC */
/* DHCP messages: what a server may say, and what it may not. */
#include "lib/bytes.h"
#include "mir/err.h"
#include "net/dhcp/packet.h"
#include "test/unit/harness.h"

static uint8_t p[DHCP_MIN];

/* A server's message with these options; its length is DHCP_MIN. */
static void
message(const uint8_t *options, size_t len)
{
	memset(p, 0, sizeof p);
	p[DHCP_OP] = 2;
	p[DHCP_HTYPE] = 1;
	p[DHCP_HLEN] = 6;
	put32(p + DHCP_XID, 0x12345678);
	put32(p + DHCP_YIADDR, 0x0a000042);
	put32(p + DHCP_COOKIE, 0x63825363);
	memcpy(p + DHCP_OPTIONS, options, len);
}

#define MESSAGE(...)	message((const uint8_t[]){ __VA_ARGS__ },			\
				sizeof (const uint8_t[]){ __VA_ARGS__ })

TEST(all_options_are_read)
{
	struct dhcp_message m;

	MESSAGE(53, 1, 5, 0, 0, 1, 4, 255, 255, 0, 0, 3, 8, 10, 0, 0, 1, 10, 0, 0, 2, 6, 4, 10, 0,
		0, 53, 26, 2, 5, 0x78, 51, 4, 0, 0, 2, 88, 54, 4, 10, 0, 0, 3, 58, 4, 0, 0, 1, 0,
		59, 4, 0, 0, 2, 0, 255, 53, 1, 6);
	CHECK_EQ(dhcp_parse(p, sizeof p, &m), MIR_OK);
	CHECK_EQ(m.type, DHCP_ACK);
	CHECK_EQ(m.xid, 0x12345678);
	CHECK_EQ(m.yiaddr, 0x0a000042);
	CHECK_EQ(m.mask, 0xffff0000);
	CHECK_EQ(m.router, 0x0a000001);
	CHECK_EQ(m.dns, 0x0a000035);
	CHECK_EQ(m.mtu, 1400);
	CHECK_EQ(m.lease, 600);
	CHECK_EQ(m.server, 0x0a000003);
	CHECK_EQ(m.t1, 256);
	CHECK_EQ(m.t2, 512);
}

TEST(options_go_on_in_the_file_and_server_name_fields)
{
	static const uint8_t in_file[] = { 1, 4, 255, 0, 0, 0, 255 };
	static const uint8_t in_sname[] = { 6, 4, 9, 9, 9, 9, 255 };
	struct dhcp_message m;

	for (uint8_t overload = 0; overload < 4; overload++) {
		MESSAGE(53, 1, 2, 52, 1, overload, 255);
		memcpy(p + DHCP_FILE, in_file, sizeof in_file);
		memcpy(p + DHCP_SNAME, in_sname, sizeof in_sname);
		CHECK_EQ(dhcp_parse(p, sizeof p, &m), MIR_OK);
		CHECK_EQ(m.mask, overload & 1 ? 0xff000000 : 0);
		CHECK_EQ(m.dns, overload & 2 ? 0x09090909 : 0);
	}
	MESSAGE(53, 1, 2, 52, 1, 1, 255);
	memset(p + DHCP_FILE, 52, 128);		/* A length of 52, again and again. */
	CHECK_EQ(dhcp_parse(p, sizeof p, &m), MIR_EPROTO);
}

static const struct { const char *why; uint8_t options[8]; int want; } cases[] = {
	{ "an offer", { 53, 1, 2, 255 }, MIR_OK },
	{ "no type", { 1, 4, 255, 0, 0, 0, 255 }, MIR_EPROTO },
	{ "no options", { 255 }, MIR_EPROTO },
	{ "type 0", { 53, 1, 0, 255 }, MIR_EPROTO },
	{ "type 8", { 53, 1, 8, 255 }, MIR_EPROTO },
	{ "a type without a value", { 53, 0, 255 }, MIR_EPROTO },
	{ "a mask of three bytes is skipped", { 53, 1, 2, 1, 3, 1, 1, 1 }, MIR_OK },
	{ "an option beyond the end", { 53, 1, 2, 1, 200 }, MIR_EPROTO },
};

TEST(hostile_options_are_refused)
{
	struct dhcp_message m;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		message(cases[i].options, sizeof cases[i].options);
		CHECK_MSG(dhcp_parse(p, sizeof p, &m) == cases[i].want, "%s", cases[i].why);
		CHECK_EQ(m.mask == 0x01010100, false);
	}
	MESSAGE(53, 1, 2);
	memset(p + DHCP_OPTIONS + 3, 0, DHCP_MIN - DHCP_OPTIONS - 3);
	p[DHCP_MIN - 1] = 6;			/* A code and no length. */
	CHECK_EQ(dhcp_parse(p, sizeof p, &m), MIR_EPROTO);
}

TEST(what_is_no_servers_message_is_refused)
{
	static const struct { unsigned at; uint8_t value; } hostile[] = {
		{ DHCP_OP, 1 }, { DHCP_HTYPE, 6 }, { DHCP_HLEN, 16 }, { DHCP_COOKIE, 0 },
	};
	struct dhcp_message m;

	for (size_t i = 0; i < sizeof hostile / sizeof *hostile; i++) {
		MESSAGE(53, 1, 2, 255);
		p[hostile[i].at] = hostile[i].value;
		CHECK_EQ(dhcp_parse(p, sizeof p, &m), MIR_EPROTO);
	}
	MESSAGE(53, 1, 2, 255);
	for (size_t len = 0; len < DHCP_OPTIONS + 3; len++)
		CHECK_EQ(dhcp_parse(p, len, &m), MIR_EPROTO);
}

TEST(a_question_has_what_is_asked_and_no_more)
{
	const struct dhcp_question q = { .type = DHCP_REQUEST, .xid = 7, .requested = 0x0a000042,
		.server = 0x0a000001, .chaddr = { 2, 0, 0, 0, 0, 1 } };
	static const uint8_t want[] = { 53, 1, 3, 50, 4, 10, 0, 0, 66, 54, 4, 10, 0, 0, 1, 55, 7 };

	dhcp_build(p, &q);
	CHECK_EQ(p[DHCP_OP], 1);
	CHECK_EQ(get32(p + DHCP_XID), 7);
	CHECK_EQ(get16(p + DHCP_FLAGS), 0x8000);
	CHECK_MEM(p + DHCP_CHADDR, q.chaddr, 6);
	CHECK_MEM(p + DHCP_OPTIONS, want, sizeof want);
	CHECK_EQ(p[DHCP_OPTIONS + sizeof want + 7], 255);
}
