/* SPDX-License-Identifier: ISC */
/* The hello image's wiring: it needs no implementation but what the kernel has. */
#include "app/hello/hello.h"
#include "mir/boot.h"

int
mir_main(void)
{
	return hello_start();
}
