/** T8: random sequences of calls give the same on every store as in a small model. */
package dev.dbosj.lab.model;
