/* SPDX-License-Identifier: ISC */
/* arch/x86_64/image.h - the linker script's addresses. */
#ifndef ARCH_IMAGE_H
#define ARCH_IMAGE_H

extern char _image_start[], _image_end[], _text_start[], _text_end[];
extern char _rodata_start[], _rodata_end[], _data_start[];
extern char arch_boot_stack[], arch_boot_stack_top[];

#endif
