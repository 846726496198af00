/// Decoder and disassembler against a reference over sampled encoding space: the part that is the
/// same for every architecture. Start with [Survey].
///
/// An architecture brings the byte strings to try and a [SurveyPort]: the options of the reference, the [Spellings] in
/// which the two differ, and a [Judge] that knows which differences are listed ones. [SurveyCorpus] keeps some of what
/// the two agree about. Development tools and tests use this; a guest's run
/// does not.
@NullMarked
package faultline.core.isa.survey;

import org.jspecify.annotations.NullMarked;
