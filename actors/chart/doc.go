// Package chart owns the drawing of a venue: the document of the HTTP contract's section "Charts", its rules, its
// canonical form, and its compilation into the integers that a seat map is made of.
//
// The road: bytes (JSON, or msgpack with the same names) → Parse → Document → Validate → Canonical and Compile → Pack, a
// command.Chart with both of them gzip'd and hashed. UnpackPlanCode and UnpackDocument are the way back.
//
// Invariants:
//   - Strict: an unknown field, a field that stands twice, or a value of a wrong type is a problem that names the field's
//     path, and every problem is told at once, up to MaxProblems.
//   - Equal content has equal canonical bytes, however it was formatted and in whichever order its fields stood; lists
//     keep their order, which is the chart order of the seat map.
//   - Floats end in Compile: distances are rounded to thousandths, ordered, and numbered. Every step of it is either
//     exact or rounded by IEEE 754 without fused operations, so that every machine compiles the same plan.
//   - What Parse accepts, Compile turns into a plan that seatmap.NewPlan accepts.
//
// Limits: MaxDocumentBytes of JSON, read and canonical; those of package seatmap for everything counted. Memory is
// bounded by them, not by what a document claims.
//
// Walls: knows package seatmap's PlanSpec and package command's Chart; no I/O, no clock, no state.
package chart
