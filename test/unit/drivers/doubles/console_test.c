/* SPDX-License-Identifier: ISC */
/* drivers/doubles/console: the end of what was written stays; a script is read. */
#include "drivers/doubles/console.h"
#include "test/unit/harness.h"

TEST(the_last_bytes_stay)
{
	char memory[8], text[16];
	struct double_console d;
	struct mir_console *c = double_console_make(&d, &(struct double_console_settings){
		memory, sizeof memory });

	CHECK_EQ(double_console_recorded(&d, text, sizeof text), 0);
	c->ops->write(c, "hello", 5);
	double_console_recorded(&d, text, sizeof text);
	CHECK_STR(text, "hello");
	c->ops->write(c, ", world", 7);
	double_console_recorded(&d, text, sizeof text);
	CHECK_STR(text, "o, world");
	double_console_recorded(&d, text, 4);
	CHECK_STR(text, "rld");
	c->ops->flush(c);
	CHECK_EQ(d.flushed, 1);
}

TEST(input_is_what_the_test_gives)
{
	char memory[8], text[4];
	struct double_console d;
	struct mir_console *c = double_console_make(&d, &(struct double_console_settings){
		memory, sizeof memory });

	CHECK_EQ(c->ops->read(c, text, sizeof text), 0);
	d.input = "abcde";
	CHECK_EQ(c->ops->read(c, text, sizeof text), 4);
	CHECK_MEM(text, "abcd", 4);
	CHECK_EQ(c->ops->read(c, text, sizeof text), 1);
	CHECK_EQ(c->ops->read(c, text, sizeof text), 0);
}
