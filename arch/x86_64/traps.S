/* SPDX-License-Identifier: ISC */
/* Trap entries: all vectors end in one report, none returns.
 *
 * PVH: the processor switches to the trap stack (IST 1) and pushes ss, rsp, rflags, cs, rip and,
 * for some vectors, an error code.  PV: Xen pushes the same on the current stack, and below it
 * rcx and r11, which are dropped here; the report then runs on the trap stack, too. */
#define HAS_ERROR_CODE	0x60227d00	/* Vectors 8, 10-14, 17, 21, 29, 30. */

	.text
	.macro stub prefix vector
	.balign 16
\prefix\()\vector:
	.ifc \prefix, pv
	movq (%rsp), %rcx
	movq 8(%rsp), %r11
	leaq 16(%rsp), %rsp
	.endif
	.if !((HAS_ERROR_CODE >> \vector) & 1)
	pushq $0
	.endif
	pushq $\vector
	jmp common
	.endm

	.irp v, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
	stub hvm \v
	stub pv \v
	.endr

common:
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

	.section .rodata
	.balign 8
	.global arch_hvm_entries, arch_pv_entries
arch_hvm_entries:
	.irp v, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
	.quad hvm\v
	.endr
arch_pv_entries:
	.irp v, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
	.quad pv\v
	.endr

	.section .bss_pages, "aw", @nobits
	.balign 4096
	.global arch_trap_stack_top
	.skip 8192
arch_trap_stack_top:

	.section .note.GNU-stack, "", @progbits
