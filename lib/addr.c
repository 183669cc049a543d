/* SPDX-License-Identifier: ISC */
/* struct mir_addr and IPv4 (RFC 4291 2.5.5.2, IPv4-mapped addresses). */
#include <string.h>
#include "lib/bytes.h"
#include "mir/flow.h"

struct mir_addr
mir_addr_from_ipv4(uint32_t ip)
{
	struct mir_addr a = { { [10] = 0xff, [11] = 0xff } };

	put32(a.bytes + 12, ip);
	return a;
}
