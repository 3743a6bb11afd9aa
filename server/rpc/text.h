#pragma once

/* Puts "?" for every byte of the text that is in no UTF-8 character, as where one was cut off. */
void text_make_utf8(char *text);
