// SPDX-FileCopyrightText: Certway contributors
// SPDX-License-Identifier: Apache-2.0

#pragma once

// Debian's libxml2 shows ICU's types in its headers, and Foundation brings types of the same names from another ICU:
// a module may hold only one of them. Certway never converts through ICU, so the door leaves them out.
#include <libxml/xmlversion.h>
#undef LIBXML_ICU_ENABLED

#include <libxml/HTMLparser.h>
#include <libxml/HTMLtree.h>
#include <libxml/parser.h>
#include <libxml/tree.h>
#include <libxml/xmlsave.h>
#include <libxml/xmlwriter.h>
#include <libxml/xpath.h>
#include <libxml/xpathInternals.h>

/// xmlFree is a variable that holds a function, and Swift takes every variable for one that may change.
static inline void certway_xml_free(void *_Nullable memory) { xmlFree(memory); }

// What the library says without a parser that it could say it to goes to the standard error stream, past the log. It is
// read with xmlGetLastError instead. Both kinds of message, for this thread and for every later one.
static inline void certway_xml_ignore_text(void *_Nullable context, const char *_Nonnull format, ...) {
    (void)context;
    (void)format;
}
static inline void certway_xml_ignore_error(void *_Nullable context, xmlErrorPtr _Nullable error) {
    (void)context;
    (void)error;
}
static inline void certway_xml_silence(void) {
    xmlThrDefSetGenericErrorFunc(NULL, certway_xml_ignore_text);
    xmlSetGenericErrorFunc(NULL, certway_xml_ignore_text);
    xmlThrDefSetStructuredErrorFunc(NULL, certway_xml_ignore_error);
    xmlSetStructuredErrorFunc(NULL, certway_xml_ignore_error);
}
