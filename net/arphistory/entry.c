/* SPDX-License-Identifier: ISC */
/* Entries of the ARP table as text. */
#include <string.h>
#include "lib/text.h"
#include "mir/err.h"
#include "mir/format.h"
#include "net/arphistory/entry.h"

#define MAC "%02x:%02x:%02x:%02x:%02x:%02x"
#define MAC_BYTES(m) (m)[0], (m)[1], (m)[2], (m)[3], (m)[4], (m)[5]

void
entry_folder(unsigned device, char to[ENTRY_FOLDER])
{
	mir_snprintf(to, ENTRY_FOLDER, "vif%u", device);
}

void
entry_path(const char *folder, uint32_t ip, char to[ENTRY_PATH])
{
	char text[TEXT_IPV4];

	mir_snprintf(to, ENTRY_PATH, "%s/%s", folder, text_from_ipv4(ip, text));
}

size_t
entry_text(const uint8_t mac[ETHER_ADDR], mir_ns wall, char to[ENTRY_TEXT])
{
	return (size_t)mir_snprintf(to, ENTRY_TEXT, "mac " MAC "\nconfirmed %llu.%06llu\n",
				    MAC_BYTES(mac), (unsigned long long)(wall / MIR_SEC(1)),
				    (unsigned long long)(wall % MIR_SEC(1) / MIR_US(1)));
}

void
entry_message(enum arp_event event, uint32_t ip, const uint8_t mac[ETHER_ADDR],
	      char to[ENTRY_MESSAGE])
{
	static const struct { const char *verb, *why; } words[] = {
		[ARP_LEARNED] = { "learned", "at" }, [ARP_CONFIRMED] = { "confirmed", "at" },
		[ARP_MOVED] = { "moved", "to" }, [ARP_UNUSED] = { "expired", "not used, was at" },
		[ARP_SILENT] = { "expired", "no answer, was at" },
		[ARP_EVICTED] = { "expired", "gave way, was at" },
		[ARP_DOWN] = { "expired", "link down, was at" },
	};
	char text[TEXT_IPV4];

	mir_snprintf(to, ENTRY_MESSAGE, "%s %s %s " MAC, words[event].verb,
		     text_from_ipv4(ip, text), words[event].why, MAC_BYTES(mac));
}

int
entry_parse_path(const char *path, const char *folder, uint32_t *ip)
{
	size_t len = strlen(folder);
	char text[TEXT_IPV4];

	if (strncmp(path, folder, len) != 0 || path[len] != '/'
	    || text_ipv4(path + len + 1, ip))
		return MIR_EINVAL;
	/* One address, one path: no "010.0.0.1". */
	return strcmp(text_from_ipv4(*ip, text), path + len + 1) == 0 ? MIR_OK : MIR_EINVAL;
}

static int
digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

int
entry_parse(const char *text, size_t len, uint8_t mac[ETHER_ADDR])
{
	const char *at = text + 4;
	int high, low;

	if (len < 4 + 17 || memcmp(text, "mac ", 4) != 0)
		return MIR_EINVAL;
	for (unsigned i = 0; i < ETHER_ADDR; i++, at += 3) {
		high = digit(at[0]);
		low = digit(at[1]);
		if (high < 0 || low < 0 || (i < ETHER_ADDR - 1 && at[2] != ':'))
			return MIR_EINVAL;
		mac[i] = (uint8_t)(high << 4 | low);
	}
	/* Whatever stands on other lines is for people. */
	return len == 4 + 17 || text[4 + 17] == '\n' ? MIR_OK : MIR_EINVAL;
}
