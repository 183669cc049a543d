/* SPDX-License-Identifier: ISC */
/* TCP options: from bytes to a struct and back.  Pure; never allocates.
 *
 * Known: maximum segment size, window scale, SACK permitted, SACK, timestamps (RFC 9293 3.2,
 * 7323, 2018).  Others are skipped by their length. */
#ifndef NET_TCP_OPTIONS_H
#define NET_TCP_OPTIONS_H

#include <stddef.h>
#include <stdint.h>

enum tcp_option_kind {
	TCP_OPT_END = 0,
	TCP_OPT_NOP = 1,
	TCP_OPT_MSS = 2,
	TCP_OPT_WSCALE = 3,
	TCP_OPT_SACK_PERMITTED = 4,
	TCP_OPT_SACK = 5,
	TCP_OPT_TIMESTAMPS = 8,
};

enum tcp_option_bit {			/* In tcp_options.have. */
	TCP_HAVE_MSS = 1,
	TCP_HAVE_WSCALE = 2,
	TCP_HAVE_SACK_PERMITTED = 4,
	TCP_HAVE_TIMESTAMPS = 8,
};

#define TCP_OPTIONS_MAX		40	/* Bytes. */
#define TCP_WSCALE_MAX		14	/* RFC 7323 2.3. */
#define TCP_TIMESTAMPS_SIZE	12	/* Bytes, padding included. */
#define TCP_TIMESTAMPS_LEAD	0x0101080a	/* What everybody puts before them: RFC 7323 app. A. */
#define TCP_SACK_MAX		4	/* Blocks that there is room for. */

struct tcp_block {			/* Sequence numbers [from, to). */
	uint32_t from, to;
};

struct tcp_options {
	uint8_t have;			/* enum tcp_option_bit. */
	uint8_t wscale;			/* 0..TCP_WSCALE_MAX. */
	uint16_t mss;			/* Bytes of payload, as offered. */
	uint32_t tsval, tsecr;
	uint8_t sacks;			/* How many of: */
	struct tcp_block sack[TCP_SACK_MAX];
	/* Bytes of an option that this list does not know, put before the padding. */
	const uint8_t *extra;
	uint8_t extra_len;
};

/* MIR_EPROTO: a length is cut off, below 2 or wrong for its kind; '*out' holds what came before.
 * What follows an end-of-options mark is not looked at. */
int tcp_options_parse(const uint8_t *p, size_t len, struct tcp_options *out);

/* Bytes written, a multiple of 4; 0 when 'size' is too small for all of them. */
size_t tcp_options_build(const struct tcp_options *o, uint8_t *p, size_t size);

/* The bytes that tcp_options_build would write. */
size_t tcp_options_size(const struct tcp_options *o);

#endif
