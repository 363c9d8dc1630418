/** T9: workflows that cannot run stop alone and visibly. */
package dev.dbosj.lab.poison;
