/** @file words.h
 * The words of a command, split as a shell splits them, without one.
 */
#ifndef PRODA_CORE_WORDS_H
#define PRODA_CORE_WORDS_H

/** Takes the next word off `*text` into `word`, which has room for strlen(*text) + 1 bytes. Words
 * stand between blanks; '...', "..." and \ keep blanks together, as in a shell. Nothing is
 * expanded:
 * $, `, * and ~ stand for themselves. Returns 1, 0 where there is no further word, -1 where a quote
 * is not closed. */
int proda_word_next(const char **text, char *word);

#endif
