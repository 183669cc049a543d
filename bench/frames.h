/* SPDX-License-Identifier: ISC */
/* The frames of a probe: ARP requests, ICMP echo requests, and how their replies are known. */
#ifndef BENCH_FRAMES_H
#define BENCH_FRAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FRAMES_MAX	128		/* Bytes of the longest frame that is built here. */

struct frames_ends {
	uint8_t own_mac[6], peer_mac[6];
	uint32_t own_ip, peer_ip;	/* Network order. */
};

/* Each builds a frame and returns its length. */
size_t frames_arp(uint8_t *frame, const struct frames_ends *ends);
size_t frames_echo(uint8_t *frame, const struct frames_ends *ends, uint16_t sequence);

/* The ARP reply also fills in the peer's MAC. */
bool frames_is_arp_reply(const uint8_t *frame, size_t n, struct frames_ends *ends);
bool frames_is_echo_reply(const uint8_t *frame, size_t n, const struct frames_ends *ends);

#endif
