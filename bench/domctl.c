/* SPDX-License-Identifier: ISC */
/* Control hypercalls and foreign pages by /dev/xen/privcmd (Linux's include/uapi/xen/privcmd.h). */
#define _GNU_SOURCE
#include "domctl.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#define PAGE		4096

struct hypercall {
	uint64_t number, args[5];
};
#define PRIVCMD_HYPERCALL	_IOC(_IOC_NONE, 'P', 0, sizeof(struct hypercall))

struct map_batch {
	uint32_t count;
	uint16_t domain;
	uint64_t address;
	const uint64_t *frames;
	int *errors;
};
#define PRIVCMD_MMAPBATCH_V2	_IOC(_IOC_NONE, 'P', 4, sizeof(struct map_batch))

/* xen/include/public/xen.h and domctl.h; the version is that of Xen 4.17, which refuses others. */
#define HYPERVISOR_DOMCTL	36
#define DOMCTL_VERSION		0x15
#define DOMCTL_UNPAUSE		4
#define DOMCTL_INFO		5
#define INFO_CPU_TIME		56	/* Offset in struct xen_domctl_getdomaininfo. */

struct domctl {
	uint32_t command, version;
	uint16_t domain, pad[3];
	uint8_t body[256];
};

static int privcmd;
static struct domctl *request;		/* On a page of its own that is always in memory. */

static void
die(const char *what)
{
	fprintf(stderr, "domctl: %s: %s\n", what, strerror(errno));
	exit(2);
}

static void
domctl_call(uint32_t command, uint16_t domain)
{
	struct hypercall call = { HYPERVISOR_DOMCTL, { (uintptr_t)request } };

	memset(request, 0, sizeof *request);
	request->command = command;
	request->version = DOMCTL_VERSION;
	request->domain = domain;
	if (ioctl(privcmd, PRIVCMD_HYPERCALL, &call) < 0)
		die("Xen refuses");
}

void
domctl_open(void)
{
	privcmd = open("/dev/xen/privcmd", O_RDWR | O_CLOEXEC);
	if (privcmd < 0)
		die("/dev/xen/privcmd");
	request = mmap(NULL, PAGE, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_LOCKED | MAP_POPULATE, -1, 0);
	if (request == MAP_FAILED)
		die("a page for requests");
}

void
domctl_unpause(uint16_t domain)
{
	domctl_call(DOMCTL_UNPAUSE, domain);
}

uint64_t
domctl_cpu_ns(uint16_t domain)
{
	uint64_t ns;

	domctl_call(DOMCTL_INFO, domain);
	memcpy(&ns, request->body + INFO_CPU_TIME, sizeof ns);
	return ns;
}

const volatile void *
domctl_map(uint16_t domain, uint64_t frame)
{
	int error = 0;
	void *page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, privcmd, 0);
	struct map_batch batch = { 1, domain, (uintptr_t)page, &frame, &error };

	if (page == MAP_FAILED || ioctl(privcmd, PRIVCMD_MMAPBATCH_V2, &batch) < 0 || error != 0)
		die("can't map a page of the domain");
	return page;
}
