/* SPDX-License-Identifier: ISC */
/* Trap entries: all vectors end in one report, none returns.
 *
 * PVH: the processor switches to the trap stack (IST 1) and pushes ss, rsp, rflags, cs, rip and,
 * for some vectors, an error code.  PV: Xen pushes the same on the current stack, and below it
 * rcx and r11, which are dropped here; the report then runs on the trap stack, too. */
#define ARCH_TRAP_ENTRY	4		/* As traps.h has it. */
#define HAS_ERROR_CODE	0x60227d00	/* Vectors 8, 10-14, 17, 21, 29, 30. */

	.text
	/* Where trap v comes in is ARCH_TRAP_ENTRY * v bytes behind the first: a byte of vector, and a
	 * jump that reaches as a byte. */
	.macro entries first common
	.global \first
\first:
	.set vector, 0
	.rept 32
	pushq $vector
	jmp \common
	.set vector, vector + 1
	.endr
	.org \first + 32 * ARCH_TRAP_ENTRY
	.endm

	entries arch_pv_entries pv_common
pv_common:
	movq 8(%rsp), %rcx
	movq 16(%rsp), %r11
	popq 8(%rsp)			/* The vector, to where r11 was. */
	addq $8, %rsp
	jmp hvm_common

	entries arch_hvm_entries hvm_common
hvm_common:
	pushq %rax
	pushq %rcx
	movl 16(%rsp), %ecx
	movl $HAS_ERROR_CODE, %eax
	btl %ecx, %eax
	popq %rcx
	popq %rax
	jc 1f
	pushq (%rsp)			/* The vector; 0 takes its place. */
	movq $0, 8(%rsp)
1:
	pushq %r15
	pushq %r14
	pushq %r13
	pushq %r12
	pushq %r11
	pushq %r10
	pushq %r9
	pushq %r8
	pushq %rbp
	pushq %rdi
	pushq %rsi
	pushq %rdx
	pushq %rcx
	pushq %rbx
	pushq %rax
	movq %rsp, %rdi
	cmpb $0, arch_is_pv
	je 1f
	movl $arch_trap_stack_top, %esp
1:	andq $-16, %rsp
	cld
	call arch_trap
	ud2

/* Interrupts only end a hlt: acknowledge at the local APIC and go on. */
	.balign 16
	.global arch_wake_entry
arch_wake_entry:
	pushq %rax
	movl $0xfee000b0, %eax
	movl $0, (%rax)
	popq %rax
	iretq

	.section .bss_pages, "aw", @nobits
	.balign 4096
	.global arch_trap_stack_top
	.skip 8192
arch_trap_stack_top:

	.section .note.GNU-stack, "", @progbits
