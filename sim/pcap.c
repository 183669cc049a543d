/* SPDX-License-Identifier: ISC */
/* Captures for tcpdump and Wireshark: DIR/SCENARIO-SEED-linkN-NAME.pcap for each end of a link,
 * with what that end sends when it sends it, and what arrives there when it arrives: as a capture
 * on that machine would have it.  Nanosecond pcap, in the byte order of this machine's kind. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "sim/priv.h"

#define MAGIC_NS	0xa1b23c4d	/* pcap with nanoseconds: pcap-savefile(5). */
#define SNAPLEN		65535
#define ETHERNET	1		/* LINKTYPE_ETHERNET */

struct sim_pcap {
	FILE *file;
};

struct file_header {
	uint32_t magic;
	uint16_t major, minor;
	uint32_t zone, accuracy, snaplen, linktype;
};

struct record_header {
	uint32_t seconds, nanoseconds, captured, len;
};

const char *sim_pcap_dir;

struct sim_pcap *
sim_pcap_open(unsigned link, unsigned side, const char *name)
{
	const struct file_header h = { .magic = MAGIC_NS, .major = 2, .minor = 4,
				       .snaplen = SNAPLEN, .linktype = ETHERNET };
	struct sim_pcap *p;
	char path[512];

	(void)side;
	if (!sim_pcap_dir)
		return NULL;
	p = malloc(sizeof *p);
	snprintf(path, sizeof path, "%s/%s-%llu-link%u-%s.pcap", sim_pcap_dir, sim_scenario_name,
		 (unsigned long long)sim_seed(), link, name);
	if (!p || !(p->file = fopen(path, "wb")) || fwrite(&h, sizeof h, 1, p->file) != 1)
		sim_die("%s: %s", path, strerror(errno));
	return p;
}

void
sim_pcap_frame(struct sim_pcap *p, mir_ns when, const uint8_t *bytes, size_t len)
{
	struct record_header h = { .seconds = (uint32_t)(when / MIR_SEC(1)),
				   .nanoseconds = (uint32_t)(when % MIR_SEC(1)),
				   .captured = (uint32_t)len, .len = (uint32_t)len };

	if (p && (fwrite(&h, sizeof h, 1, p->file) != 1 || fwrite(bytes, len, 1, p->file) != 1))
		sim_die("pcap: %s", strerror(errno));
}
