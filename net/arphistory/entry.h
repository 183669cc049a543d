/* SPDX-License-Identifier: ISC */
/* net/arphistory/entry.h - an entry of the ARP table as a value by path.  Pure.
 *
 * Path:  "vif0/10.0.0.1"
 * Value: "mac 02:00:00:00:00:01\nconfirmed 1700000000.000000\n"; the time is for who reads it. */
#ifndef NET_ARPHISTORY_ENTRY_H
#define NET_ARPHISTORY_ENTRY_H

#include "net/arp/arp.h"

#define ENTRY_FOLDER	16u		/* Bytes of "vif0" with its 0, at most. */
#define ENTRY_PATH	40u
#define ENTRY_TEXT	80u
#define ENTRY_MESSAGE	80u

void entry_folder(unsigned device, char to[ENTRY_FOLDER]);
void entry_path(const char *folder, uint32_t ip, char to[ENTRY_PATH]);
/* Gives the text's length.  'wall': nanoseconds since 1970. */
size_t entry_text(const uint8_t mac[ETHER_ADDR], mir_ns wall, char to[ENTRY_TEXT]);
/* "learned 10.0.0.1 at 02:00:00:00:00:01" */
void entry_message(enum arp_event event, uint32_t ip, const uint8_t mac[ETHER_ADDR],
		   char to[ENTRY_MESSAGE]);

/* What somebody else may have written.  MIR_EINVAL. */
int entry_parse_path(const char *path, const char *folder, uint32_t *ip);
int entry_parse(const char *text, size_t len, uint8_t mac[ETHER_ADDR]);

#endif
