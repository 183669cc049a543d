/* SPDX-License-Identifier: ISC */
/* arch/x86_64/image.h - the linker script's addresses. */
#ifndef ARCH_IMAGE_H
#define ARCH_IMAGE_H

#include <stdint.h>
#include "arch/x86_64/inflate.h"

extern char _image_start[], _image_end[], _text_start[], _text_end[];
extern char _rodata_start[], _rodata_end[], _data_start[];
/* What scripts/pack left of the image, and the pages of it that are free once it is unpacked. */
extern const uint8_t _packed[];
extern uint16_t _unpack_tables[2][INFLATE_TABLE];
extern char _spare_start[], _spare_end[];
extern char arch_boot_stack[], arch_boot_stack_top[];

#endif
